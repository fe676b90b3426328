import type { RunInput } from '@rce/core/ports/sandbox.ts';
import type { SourceFile } from '@rce/core/submission.ts';
import type { Snapshot } from 'quickjs-wasi';

/**
 * Memory that an interpreter's thread shares with the engine's main thread. Output and the facts about a
 * run lie here rather than in messages: a thread that is terminated can send none, and a flood of output
 * takes no more room than its limit.
 */
export const SLOT = {
  /** 0 while the interpreter waits for its job; 1 when the job is there. */
  gate: 0,
  /** 1 while the main thread has been told of output that it has not looked at yet. */
  notified: 1,
  stdoutLength: 2,
  stderrLength: 3,
  /** Bits: 1 stdout was cut, 2 stderr was cut. */
  truncated: 4,
  /** The program's memory in pages of 64 KiB, as last seen. */
  memoryPages: 5,
  /** Processor time of the run in microseconds, as last seen. */
  cpuMicros: 6,
  /** The thread's processor time in microseconds when the run began. */
  cpuAtStart: 7,
  /** Nobody writes here: a cell to wait on. */
  never: 8,
} as const;
const SLOTS = 9;

export type Control = Int32Array<SharedArrayBuffer>;

export function newControl(): Control {
  return new Int32Array(new SharedArrayBuffer(SLOTS * 4));
}

/** Which interpreter a thread runs, and what has to be known before it starts. */
export interface InterpreterSpec {
  readonly interpreter: 'python' | 'quickjs';
  readonly stripTypes: boolean;
  readonly memoryBytes: number;
}

/** What a waiting interpreter is given. */
export interface ThreadJob extends RunInput {
  readonly files: readonly SourceFile[];
  /** Which of the files is started. */
  readonly entry: string;
  readonly diskBytes: number;
  readonly outputBytes: number;
  /** Room for stdout, then stderr; `outputBytes` each. */
  readonly output: SharedArrayBuffer;
  /** Whether another run of the same program may follow in this thread. */
  readonly mayRepeat: boolean;
}

/** How a run ended, seen from its thread. */
export type ThreadEnd =
  | {
      readonly kind: 'exit';
      readonly code: number;
      readonly outOfMemory: boolean;
      /** The thread makes itself ready for another run. */
      readonly repeats?: boolean;
    }
  | { readonly kind: 'output-limit' }
  /** The interpreter itself broke: a trap, or its stack was full. */
  | { readonly kind: 'trap'; readonly signal: string; readonly outOfMemory: boolean }
  /** The engine's own mistake. */
  | { readonly kind: 'fault'; readonly message: string };

export type ThreadMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'output' }
  | { readonly type: 'end'; readonly end: ThreadEnd };

/** Compiled modules, which all threads share. */
export interface ThreadAssets {
  readonly python: {
    readonly module: WebAssembly.Module;
    /** Memory of an interpreter that has started; each program gets a copy. */
    readonly memory: SharedArrayBuffer;
  };
  readonly quickjs: {
    readonly module: WebAssembly.Module;
    readonly extensions: readonly { readonly name: string; readonly module: WebAssembly.Module }[];
    /** A virtual machine in which the prelude has run. */
    readonly snapshot: Omit<Snapshot, 'memory'> & { readonly memory: SharedArrayBuffer };
  };
}

export interface ThreadData {
  readonly spec: InterpreterSpec;
  readonly control: Control;
  readonly assets: ThreadAssets;
}
