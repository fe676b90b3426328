import type { RunLimits } from '@rce/core/limits.ts';
import type Docker from 'dockerode';

/** What happens in the driver, for metrics. Durations are in milliseconds. */
export type DockerEvent =
  | {
      readonly type: 'sandbox-taken';
      readonly language: string;
      readonly waitMs: number;
      readonly warm: boolean;
    }
  | { readonly type: 'sandbox-started'; readonly harness: string; readonly durationMs: number }
  /** With the time it waited for its turn. */
  | { readonly type: 'sandbox-removed'; readonly durationMs: number }
  | { readonly type: 'sandbox-failed'; readonly error: unknown }
  | { readonly type: 'sandboxes-swept'; readonly count: number };

export interface DockerSandboxOptions {
  readonly docker: Docker;
  /** Image of each language, by its id. */
  readonly images: Readonly<Record<string, string>>;
  /** Languages whose images are pulled at start when they are missing. */
  readonly pull: readonly string[];
  /** Jobs run at once. */
  readonly slots: number;
  /** Names this runner in labels, for people; a random part is added. */
  readonly owner: string;
  /** The operator's maxima: what a job gets that asks for nothing is never over them. */
  readonly maxima?: RunLimits;
  /** OCI runtime, for example runsc; Docker's own default when it is left out. */
  readonly runtime?: string | undefined;
  /** Whether containers wait started before a job comes. */
  readonly warm?: boolean;
  /** Where the host's cgroup file systems are mounted, for measuring. */
  readonly cgroupRoot?: string;
  readonly onEvent?: (event: DockerEvent) => void;
}
