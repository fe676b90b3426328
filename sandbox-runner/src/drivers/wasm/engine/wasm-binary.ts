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

/**
 * Where a WASI command keeps the mark that it has been started: its `_start` traps when the mark is set.
 * @throws Error when `_start` does not begin with the check that wasi-libc puts there.
 */
export function startedMark(module: Uint8Array): number {
  const bodies = sectionOf(module, SECTION.code);
  const start = exportedFunction(module, '_start') - count(module, SECTION.import);
  let [, at] = readUnsigned(bodies, 0);
  for (let index = 0; index < start; index++) {
    const [length, begin] = readUnsigned(bodies, at);
    at = begin + length;
  }
  // `block`, then: i32.const MARK, i32.load, i32.eqz, if, i32.const MARK, i32.const 1, i32.store.
  const [mark, behind] = readUnsigned(bodies, indexAfter(bodies, at, [0x02, 0x40, 0x41]));
  const address = unsigned(mark);
  const check = [0x28, 0x02, 0x00, 0x45, 0x04, 0x40, 0x41, ...address, 0x41, 0x01, 0x36, 0x02, 0x00];
  indexAfter(bodies, behind, check, 0);
  return mark;
}

/** Index behind the bytes, which must come within `distance` bytes. */
function indexAfter(code: Uint8Array, start: number, bytes: readonly number[], distance = 64): number {
  const found = Buffer.from(code.subarray(start, start + distance + bytes.length)).indexOf(
    Buffer.from(bytes),
  );
  if (found < 0) throw new Error('_start does not begin as expected');
  return start + found + bytes.length;
}

function sectionOf(module: Uint8Array, id: number): Uint8Array {
  const found = [...readSections(module)].find((section) => section.id === id);
  if (found === undefined) throw new Error(`the module has no section ${id}`);
  return found.body;
}

/** Number of entries of a section. */
function count(module: Uint8Array, id: number): number {
  return readUnsigned(sectionOf(module, id), 0)[0];
}

function exportedFunction(module: Uint8Array, wanted: string): number {
  const body = Buffer.from(sectionOf(module, SECTION.export));
  let [entries, at] = readUnsigned(body, 0);
  for (; entries > 0; entries--) {
    const [length, begin] = readUnsigned(body, at);
    const [index, end] = readUnsigned(body, begin + length + 1);
    if (body.toString('latin1', begin, begin + length) === wanted) return index;
    at = end;
  }
  throw new Error(`the module does not export ${wanted}`);
}

const SECTION = { import: 2, memory: 5, export: 7, code: 10 } as const;
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
