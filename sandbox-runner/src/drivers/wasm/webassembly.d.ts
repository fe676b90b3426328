/** The part of the WebAssembly JavaScript API that this driver uses: Node's types leave it out. */
/** Named by the types of quickjs-wasi. */
type BufferSource = ArrayBufferView | ArrayBuffer;

declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
  }
  class Global {
    constructor(descriptor: { value: 'i32'; mutable: boolean }, value: number);
  }
  type ImportValue = Memory | Global | ((...args: never[]) => unknown);
  class Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class RuntimeError extends Error {}
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(
    module: Module,
    imports: Readonly<Record<string, Readonly<Record<string, ImportValue>>>>,
  ): Promise<Instance>;
}
