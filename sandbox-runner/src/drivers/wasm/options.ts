export interface WasmSandboxOptions {
  /** Runs at one time; as many interpreters may be waiting as are running. */
  readonly slots: number;
  /** Highest memory limit that a job may have, in bytes. */
  readonly maxMemoryBytes: number;
  /** Whether interpreters wait started before a job comes. */
  readonly warm: boolean;
  /** Told of what goes wrong behind a job's back, such as the end of the engine's process. */
  readonly onWarning?: (message: string) => void;
}
