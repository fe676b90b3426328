import { describe, expect, it } from '@jest/globals';
import { importMemoryAndStack, startedMark } from './wasm-binary.ts';

const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** One import of a function (type 0), so that there is a section to add to. */
const types = [1, 4, 1, 0x60, 0, 0];
const imports = [2, 7, 1, 1, 0x61, 1, 0x62, 0, 0];
const functions = [3, 2, 1, 0];
const memory = [5, 3, 1, 0, 2];
/** The stack pointer, at 1024. */
const globals = [6, 7, 1, 0x7f, 1, 0x41, 0x80, 0x08, 0x0b];
const exports = [7, 10, 1, 6, 0x5f, 0x73, 0x74, 0x61, 0x72, 0x74, 0, 1];

/** A function with this body. */
const code = (body: readonly number[]) => [10, body.length + 4, 1, body.length + 2, 0, ...body, 0x0b];
const started = [
  0x02, 0x40, 0x41, 0x10, 0x28, 0x02, 0x00, 0x45, 0x04, 0x40, 0x41, 0x10, 0x41, 0x01, 0x36, 0x02, 0x00, 0x0b,
  0x0b,
];
const module = (...sections: readonly (readonly number[])[]) =>
  new Uint8Array([...header, ...sections.flat()]);

describe('rewriting a WebAssembly module', () => {
  it('makes it import its memory and its stack pointer', async () => {
    const rewritten = importMemoryAndStack(
      module(types, imports, functions, memory, globals, exports, code([])),
    );
    expect(rewritten).toMatchObject({ initialPages: 2, stackPointer: 1024 });
    const instance = await WebAssembly.instantiate(await WebAssembly.compile(rewritten.module), {
      a: { b: () => undefined },
      env: {
        memory: new WebAssembly.Memory({ initial: 2, maximum: 4 }),
        __stack_pointer: new WebAssembly.Global({ value: 'i32', mutable: true }, 65_536),
      },
    });
    expect(Object.keys(instance.exports)).toEqual(['_start']);
  });

  it('refuses a module that it does not understand', () => {
    expect(() => importMemoryAndStack(module(types, imports, globals))).toThrow(/no section 5/);
    expect(() => importMemoryAndStack(module(types, imports, memory, [6, 1, 0]))).toThrow(/stack pointer/);
    expect(() => importMemoryAndStack(module(imports, [5, 3, 1, 4, 2], globals))).toThrow(/32-bit/);
  });

  it('finds the mark by which a command knows that it has been started', () => {
    expect(startedMark(module(types, imports, functions, exports, code(started)))).toBe(16);
    expect(() => startedMark(module(types, imports, functions, exports, code([0x01])))).toThrow(/_start/);
  });
});
