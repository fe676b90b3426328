/** What a module that has been rewritten must be given. */
export interface Imported {
  readonly module: Uint8Array<ArrayBuffer>;
  /** Size of the memory as `env.memory`, in pages of 64 KiB. */
  readonly initialPages: number;
  /** Value of the mutable global `env.__stack_pointer`: where the stack begins, growing down. */
  readonly stackPointer: number;
}

/**
 * Rewrites a module that defines its memory and its stack pointer so that it imports both. A memory that
 * the module defines has no maximum; an imported one is made by us, with the limit of the job. And the stack
 * that LLVM lays out, of half a megabyte, can then be moved to where there is more room.
 *
 * Both keep index 0, as imports come first, so that only these sections differ and no code.
 * @throws Error when the module is not what we expect: one memory, and the stack pointer as first global.
 */
export function importMemoryAndStack(module: Uint8Array): Imported {
  const limits = sectionOf(module, SECTION.memory);
  if (limits[0] !== 1) throw new Error('the module must define exactly one memory');
  if (limits[1] !== 0 && limits[1] !== 1) throw new Error('the memory must be a plain 32-bit memory');
  const [initialPages] = readUnsigned(limits, 2);
  const globals = sectionOf(module, SECTION.global);
  const [globalCount, first] = readUnsigned(globals, 0);
  // i32, mutable, i32.const VALUE, end
  if (globals[first] !== I32 || globals[first + 1] !== 1 || globals[first + 2] !== 0x41) {
    throw new Error('the first global must be the stack pointer');
  }
  const [stackPointer, behind] = readUnsigned(globals, first + 3);
  if (globals[behind] !== 0x0b) throw new Error('the stack pointer must begin as a constant');

  const imports = sectionOf(module, SECTION.import);
  const [importCount, importsAt] = readUnsigned(imports, 0);
  const bodies = new Map<number, Uint8Array | undefined>([
    [SECTION.memory, undefined],
    [SECTION.global, Buffer.concat([unsigned(globalCount - 1), globals.subarray(behind + 1)])],
    [
      SECTION.import,
      Buffer.concat([
        unsigned(importCount + 2),
        imports.subarray(importsAt),
        ...[name('env'), name('memory'), Buffer.from([2, 1]), unsigned(initialPages), unsigned(MAX_PAGES)],
        ...[name('env'), name('__stack_pointer'), Buffer.from([3, I32, 1])],
      ]),
    ],
  ]);
  const parts = [module.subarray(0, 8)];
  for (const section of readSections(module)) {
    const body = bodies.get(section.id);
    if (body !== undefined) parts.push(Buffer.from([section.id]), unsigned(body.length), body);
    else if (!bodies.has(section.id)) parts.push(section.bytes);
  }
  return { module: new Uint8Array(Buffer.concat(parts)), initialPages, stackPointer };
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

const SECTION = { import: 2, memory: 5, global: 6, export: 7, code: 10 } as const;
const I32 = 0x7f;
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
