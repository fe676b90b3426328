/**
 * Rewrites a module that defines its own memory so that it imports the memory as `env.memory`.
 * A memory that the module defines has no maximum; an imported one is made by us, with the limit of the job.
 * The memory keeps index 0, and function indexes do not change, so only two sections differ.
 * @throws Error when the module is not what we expect: one memory, defined inside, version 1.
 */
export function importMemory(module: Uint8Array): { module: Uint8Array<ArrayBuffer>; initialPages: number } {
  const header = module.subarray(0, 8);
  const parts: Uint8Array[] = [header];
  let limits: Uint8Array | undefined;
  const sections = [...readSections(module)];
  const memory = sections.find((section) => section.id === SECTION.memory);
  if (memory !== undefined) limits = memory.body;
  if (limits === undefined || limits[0] !== 1) throw new Error('the module must define exactly one memory');
  const flags = limits[1];
  if (flags !== 0 && flags !== 1) throw new Error('the memory must be a plain 32-bit memory');
  const [initialPages] = readUnsigned(limits, 2);
  // The type of an imported memory must admit the one we pass: no maximum, the same initial size.
  const entry = Buffer.concat([
    name('env'),
    name('memory'),
    Buffer.from([IMPORT_MEMORY, 1]),
    unsigned(initialPages),
    unsigned(MAX_PAGES),
  ]);
  for (const section of sections) {
    if (section.id === SECTION.memory) continue;
    if (section.id !== SECTION.import) {
      parts.push(section.bytes);
      continue;
    }
    const [count, at] = readUnsigned(section.body, 0);
    const body = Buffer.concat([unsigned(count + 1), section.body.subarray(at), entry]);
    parts.push(Buffer.from([SECTION.import]), unsigned(body.length), body);
  }
  return { module: new Uint8Array(Buffer.concat(parts)), initialPages };
}

const SECTION = { import: 2, memory: 5 } as const;
const IMPORT_MEMORY = 2;
/** 4 GiB, all that 32 bits address. */
const MAX_PAGES = 65_536;

interface Section {
  readonly id: number;
  /** With id and length. */
  readonly bytes: Uint8Array;
  readonly body: Uint8Array;
}

function* readSections(module: Uint8Array): Generator<Section> {
  let at = 8;
  while (at < module.length) {
    const id = module[at] ?? 0;
    const [length, start] = readUnsigned(module, at + 1);
    yield { id, bytes: module.subarray(at, start + length), body: module.subarray(start, start + length) };
    at = start + length;
  }
}

/** LEB128; returns the value and the index behind it. */
function readUnsigned(bytes: Uint8Array, start: number): [value: number, end: number] {
  let value = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

function unsigned(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    const more = rest > 0x7f;
    bytes.push((rest & 0x7f) | (more ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}

function name(text: string): Buffer {
  return Buffer.concat([unsigned(text.length), Buffer.from(text)]);
}
