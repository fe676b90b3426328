import { constants } from 'node:os';
import type { RunOutcome } from '@rce/core/job.ts';
import type { RunLimits } from '@rce/core/limits.ts';
import { CPUS_PER_JOB } from '@rce/core/limits.ts';
import { type RunHooks, SandboxError } from '@rce/core/ports/sandbox.ts';
import type { Verdict } from '@rce/core/verdict.ts';
import type { Usage } from './cgroup.ts';
import type { SandboxContainer } from './container.ts';
import type { RunMessage } from './harness.ts';
import { type EndReport, RunOutput } from './output.ts';

const NS_PER_MS = 1e6;
/** Least time between two looks at the processor time of a run. */
const CPU_CHECK_MS = 20;

/** Share of its memory that a container has used before the kernel kills anything in it. */
const NEARLY_FULL = 0.9;

/** Why the runner itself ended a run. */
type Stop = Extract<Verdict, 'time-limit-exceeded' | 'output-limit-exceeded' | 'cancelled'>;

export interface ContainerRun {
  readonly outcome: RunOutcome;
  /** The run ended by itself, and the harness said so: the container can go on. */
  readonly intact: boolean;
  /** What came behind the report. */
  readonly after: Buffer;
  readonly extra: number | null;
}

/**
 * Runs one program in a container that is ready. The result is there as soon as the harness reports the end,
 * or a limit is hit; killing and removing the container is the caller's, and takes longer.
 */
export async function runIn(
  container: SandboxContainer,
  message: RunMessage,
  limits: RunLimits,
  hooks: RunHooks,
  options: { cpus?: number; sharesContainer?: boolean } = {},
): Promise<ContainerRun> {
  const { signal, onOutput } = hooks;
  const before = container.lastUsage;
  const output = new RunOutput(message.token, limits.outputBytes, (stream, chunk) =>
    onOutput?.(stream, chunk),
  );
  let timer: NodeJS.Timeout | undefined;
  let cpuTimer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const startedAt = performance.now();
  const end = await new Promise<EndReport | Stop | 'died'>((resolve) => {
    container.listen((stream, chunk) => {
      output.feed(stream, chunk);
      if (output.overflowed) return resolve('output-limit-exceeded');
      const { report } = output;
      if (report) resolve(report);
    });
    void container.closed.then(() => resolve('died'));
    // Node's timers count whole milliseconds and may ring up to one early.
    timer = setTimeout(() => resolve('time-limit-exceeded'), limits.wallTimeMs + 1);
    // The processor time cannot grow faster than the share of processors allows.
    const share = options.cpus ?? CPUS_PER_JOB;
    const checkCpu = (used: number) => {
      const left = limits.cpuTimeMs - used;
      if (left <= 0) return resolve('time-limit-exceeded');
      cpuTimer = setTimeout(
        () => void container.meter.cpuNs().then((ns) => checkCpu((ns - before.cpuNs) / NS_PER_MS)),
        Math.max(left / share, CPU_CHECK_MS),
      );
    };
    checkCpu(0);
    onAbort = () => resolve('cancelled');
    if (signal?.aborted) return onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    container.write(container.harness.encode(message));
  });
  const wallTimeMs = performance.now() - startedAt;
  clearTimeout(timer);
  clearTimeout(cpuTimer);
  if (onAbort) signal?.removeEventListener('abort', onAbort);
  const usage = await container.meter.usage();
  container.lastUsage = usage;
  const report = typeof end === 'object' ? end : undefined;
  const ending = report ?? (end === 'died' ? await lastWords(container, output) : STOPPED);
  const oomKilled =
    ending !== STOPPED && ending.exitCode !== 0 && (await wasOomKilled(container, ending, before, usage));
  const verdict: Verdict =
    typeof end === 'string' && end !== 'died'
      ? end
      : oomKilled
        ? 'memory-limit-exceeded'
        : ending.exitCode === 0
          ? 'ok'
          : 'runtime-error';
  return {
    outcome: {
      verdict,
      exitCode: ending.exitCode,
      signal: signalName(ending.signal),
      wallTimeMs: round(wallTimeMs),
      // The counters of a container that is gone are gone too.
      cpuTimeMs: usage.cpuNs === 0 ? null : round((usage.cpuNs - before.cpuNs) / NS_PER_MS),
      // The kernel's peak is of the whole container; of one run among many, its largest process is told.
      memoryBytes: options.sharesContainer ? (report?.extra ?? usage.memoryBytes) : usage.memoryBytes,
      stdout: output.stdout.bytes,
      stderr: output.stderr.bytes,
      truncated: { stdout: output.stdout.truncated, stderr: output.stderr.truncated },
    },
    intact: report !== undefined && !oomKilled && !container.isClosed,
    after: output.afterReport,
    extra: report?.extra ?? null,
  };
}

/** How a run ended: by the harness's report, or by what the daemon says of a container that died without one. */
interface Ending {
  readonly exitCode: number | null;
  readonly signal: number | null;
  /** Known where the daemon was asked. */
  readonly oomKilled?: boolean;
}

const STOPPED: Ending = { exitCode: null, signal: null };

/**
 * A container died without a report: process 1 itself was killed.
 * @throws SandboxError when that was no doing of the program's.
 */
async function lastWords(container: SandboxContainer, output: RunOutput): Promise<Ending> {
  output.stdout.flush();
  output.stderr.flush();
  const end = container.isDestroyed ? undefined : await container.post();
  // Code 0: the harness saw its stdin end, so the connection to the daemon was lost.
  if (!end || end.exitCode === 0) throw new SandboxError('A container went away while a program ran in it.');
  const { exitCode, oomKilled } = end;
  return exitCode > 128
    ? { exitCode: null, signal: exitCode - 128, oomKilled }
    : { exitCode, signal: null, oomKilled };
}

/** A program that ended badly after the kernel had killed one of its processes for memory. */
async function wasOomKilled(
  container: SandboxContainer,
  ending: Ending,
  before: Usage,
  usage: Usage,
): Promise<boolean> {
  if (ending.oomKilled === true) return true;
  if (usage.oomKills !== null) return usage.oomKills > (before.oomKills ?? 0);
  if (ending.oomKilled === false) {
    // The kernel kills all of gVisor at once, and on a busy machine its counters go before anybody has read them. But
    // for the kernel only an operator ends it so, or a program that gives itself this verdict.
    return container.inGvisor && ending.signal === constants.signals.SIGKILL;
  }
  // The daemon alone knows, and tells it when the container has ended. Not asked where the peak says no.
  if (usage.memoryBytes !== null && usage.memoryBytes < NEARLY_FULL * container.shape.memoryBytes)
    return false;
  return (await container.end())?.oomKilled === true;
}

function round(ms: number): number {
  return Math.round(Math.max(ms, 0) * 1_000) / 1_000;
}

/** Where two names stand for one number (SIGIOT, SIGABRT), the better known comes first in the table. */
const SIGNAL_NAMES = new Map(
  Object.entries(constants.signals)
    .toReversed()
    .map(([name, number]) => [number, name]),
);

function signalName(number: number | null): string | null {
  return number === null ? null : (SIGNAL_NAMES.get(number) ?? `signal ${number}`);
}
