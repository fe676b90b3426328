import type { RunOutcome } from '@rce/core/job.ts';
import type { RunLimits } from '@rce/core/limits.ts';
import type { RunInput } from '@rce/core/ports/sandbox.ts';
import type { SourceFile } from '@rce/core/submission.ts';
import type { InterpreterSpec } from '../thread/control.ts';

/** What the runner sends to the engine's process. */
export type ToEngine =
  | {
      readonly type: 'init';
      /** JavaScript of an interpreter's thread, bundled. */
      readonly threadCode: string;
      /** JavaScript that runs inside QuickJS before any program. */
      readonly preludeCode: string;
      /** Interpreters to keep waiting. */
      readonly warm: readonly InterpreterSpec[];
      /** How many of each. */
      readonly standing: number;
      /** Runs at one time. */
      readonly slots: number;
      /** The process is over its budget above this resident size. */
      readonly maxRssBytes: number;
    }
  | {
      readonly type: 'run';
      readonly id: number;
      readonly spec: InterpreterSpec;
      readonly files: readonly SourceFile[];
      readonly entry: string;
      readonly input: RunInput;
      readonly limits: RunLimits;
      /** Runs of one session are of one program, and may use one thread after the other. */
      readonly session?: number | undefined;
      /** Whether output is wanted as it comes. */
      readonly stream: boolean;
    }
  | { readonly type: 'cancel'; readonly id: number }
  /** No more runs of this session. */
  | { readonly type: 'close'; readonly session: number };

/** What the engine's process answers. */
export type FromEngine =
  | { readonly type: 'ready' }
  | { readonly type: 'broken'; readonly message: string }
  | {
      readonly type: 'output';
      readonly id: number;
      readonly stream: 'stdout' | 'stderr';
      readonly chunk: Uint8Array;
    }
  | { readonly type: 'result'; readonly id: number; readonly outcome: RunOutcome }
  /** The engine failed, not the program. */
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
