import type { ReactNode } from 'react';
import type { Job } from '../api/client.ts';
import { useLocale } from '../messages/messages.tsx';
import { Icon } from '../ui/icons.tsx';
import { VERDICT_LOOKS, VERDICT_TEXT } from './verdict-mark.tsx';

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  );
}

/** A quantity beside its limit, with a bar. */
function Gauge({ value, limit, text }: { value: number; limit: number | undefined; text: string }) {
  if (limit === undefined || limit === 0) return text;
  const share = Math.min(1, value / limit);
  return (
    <>
      {text}
      <span className="mt-1 block h-1 w-24 overflow-hidden rounded-full bg-hover">
        <span
          className={`block h-full rounded-full ${share > 0.9 ? 'bg-bad' : share > 0.7 ? 'bg-warn' : 'bg-accent'}`}
          style={{ width: `${Math.max(2, share * 100)}%` }}
        />
      </span>
    </>
  );
}

/** What the run cost, each beside its limit. */
function Costs({ job }: { job: Job }) {
  const { t, format } = useLocale();
  const { wallTimeMs, cpuTimeMs, memoryBytes } = job.limits;
  const of = (value: string, limit: number | undefined, show: (limit: number) => string) =>
    limit === undefined ? value : t.facts.of(value, show(limit));
  const time = (label: string, value: number | null, perRun: number | undefined) => {
    if (value === null) return null;
    // With tests it is the sum of all runs, and the limit is of each.
    const limit = job.tests === undefined ? perRun : undefined;
    return (
      <Fact label={label}>
        <Gauge value={value} limit={limit} text={of(format.duration(value), limit, format.duration)} />
      </Fact>
    );
  };
  return (
    <dl className="mt-2.5 flex flex-wrap gap-x-7 gap-y-2">
      {time(t.facts.wall, job.executionTime, wallTimeMs)}
      {time(t.facts.cpu, job.cpuTime, cpuTimeMs)}
      {job.memoryPeak !== null && (
        <Fact label={t.facts.memory}>
          <Gauge
            value={job.memoryPeak}
            limit={memoryBytes}
            text={of(format.bytes(job.memoryPeak), memoryBytes, format.bytes)}
          />
        </Fact>
      )}
    </dl>
  );
}

/**
 * The verdict in words with what to do about it, and what the run cost.
 * @param brief in one line, where there is hardly room for the output.
 */
export function RunFacts({ job, brief }: { job: Job; brief: boolean }) {
  const { t, format } = useLocale();
  if (job.verdict === null) return null;
  const verdict = t.verdicts[job.verdict];
  const { tone, icon } = VERDICT_LOOKS[job.verdict];
  const ended =
    job.exitCode !== null
      ? t.facts.exitCode(job.exitCode)
      : job.signal !== null
        ? t.facts.signal(job.signal)
        : null;
  return (
    <section className={`border-b border-line px-4 ${brief ? 'py-2' : 'py-3'}`} aria-label={verdict.title}>
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <p
          data-verdict={job.verdict}
          className={`flex items-center gap-1.5 text-sm font-semibold ${VERDICT_TEXT[tone]}`}
        >
          <Icon name={icon} />
          {verdict.title}
        </p>
        {ended !== null && <span className="text-muted tabular-nums">{ended}</span>}
        {job.attempts > 1 && <span className="text-muted">{t.facts.attempts(job.attempts)}</span>}
        {brief && job.executionTime !== null && (
          <span className="text-muted tabular-nums">{format.duration(job.executionTime)}</span>
        )}
        {brief && job.memoryPeak !== null && (
          <span className="text-muted tabular-nums">{format.bytes(job.memoryPeak)}</span>
        )}
        <span className="flex-1" />
        {job.sandbox !== null && (
          <span className="text-xs text-muted">
            {t.facts.ran(job.sandbox.runtime, t.drivers[job.sandbox.driver])}
          </span>
        )}
      </div>
      {job.verdict !== 'ok' && (
        <p className="mt-1 text-pretty text-muted">
          {job.reason ?? verdict.meaning} {verdict.advice}
        </p>
      )}
      {!brief && <Costs job={job} />}
    </section>
  );
}
