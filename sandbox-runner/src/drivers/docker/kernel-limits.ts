import type { Shape } from './container-config.ts';

const MiB = 1024 * 1024;

/** The harness itself, and what it starts to lay out files. */
const HARNESS_PROCESSES = 2;

/** What a runtime takes for itself of a container's limits. */
interface Overhead {
  readonly memoryBytes: number;
  readonly processes: number;
}

const NOTHING: Overhead = { memoryBytes: 0, processes: 0 };
/** gVisor's kernel is a process inside the limits: measured are 15 MiB and 27 threads when nothing runs. */
const GVISOR: Overhead = { memoryBytes: 32 * MiB, processes: 64 };

/** By the name or the path of a runtime; Docker's own default is never gVisor's. */
export function isGvisor(runtime: string | undefined): boolean {
  return /runsc|gvisor/i.test(runtime ?? '');
}

/** The limits of a container that can be changed while it runs, as Docker's API calls them. */
export function kernelLimits(shape: Pick<Shape, 'memoryBytes' | 'processes'>, runtime?: string) {
  const overhead = isGvisor(runtime) ? GVISOR : NOTHING;
  const memory = shape.memoryBytes + overhead.memoryBytes;
  return {
    Memory: memory,
    // Equal to memory: no swap.
    MemorySwap: memory,
    PidsLimit: shape.processes + HARNESS_PROCESSES + overhead.processes,
  };
}
