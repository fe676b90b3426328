/** Keeps what a running program has printed, up to its limit, for those who watch. */
export class OutputSoFar {
  readonly #limit: number;
  readonly #chunks = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  readonly #sizes = { stdout: 0, stderr: 0 };
  #changed = false;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  add(stream: 'stdout' | 'stderr', chunk: Uint8Array): void {
    const room = this.#limit - this.#sizes[stream];
    if (room <= 0 || chunk.length === 0) return;
    // Copied, because the driver may reuse its buffer.
    const kept = Uint8Array.from(chunk.subarray(0, room));
    this.#chunks[stream].push(kept);
    this.#sizes[stream] += kept.length;
    this.#changed = true;
  }

  /** The output so far, or undefined when nothing came since the last call. */
  take(): { stdout: Uint8Array; stderr: Uint8Array } | undefined {
    if (!this.#changed) return undefined;
    this.#changed = false;
    return { stdout: Buffer.concat(this.#chunks.stdout), stderr: Buffer.concat(this.#chunks.stderr) };
  }
}
