import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { fetchStats } from '../api/client.ts';
import { useLocale } from '../messages/messages.tsx';
import { JobsPlot, LatencyPlot } from '../status/plots.tsx';
import { toTimeline } from '../status/timeline.ts';
import { Notice } from '../ui/controls.tsx';
import { Logo } from '../workbench/header.tsx';
import { useLanguages } from './languages-query.ts';

const REFRESH_MS = 2_000;

function Tile({ label, value, detail }: { label: string; value: ReactNode; detail: string }) {
  return (
    <div className="rounded-xl border border-line bg-surface p-4">
      <dt className="text-muted">{label}</dt>
      <dd className="mt-0.5 text-2xl font-semibold tracking-tight tabular-nums">{value}</dd>
      <dd className="text-xs text-muted">{detail}</dd>
    </div>
  );
}

/** `/status`: what the engine does just now, and did in the last five minutes. */
export function StatusPage() {
  const { t, format } = useLocale();
  const languages = useLanguages();
  const { data: stats, isError } = useQuery({
    queryKey: ['stats'],
    queryFn: ({ signal }) => fetchStats(signal),
    refetchInterval: REFRESH_MS,
    retry: false,
  });
  const slices = stats === undefined ? [] : toTimeline(stats);
  const perSecond = (jobs: number) => format.decimal(jobs / (stats?.sampleSeconds ?? 1));
  const runners = stats?.runners ?? [];
  const total = (name: 'slots' | 'busy') => runners.reduce((sum, runner) => sum + runner[name], 0);
  const warm = runners.reduce((sum, runner) => sum + (runner.samples.at(-1)?.pool ?? 0), 0);
  // The slice that is still going on is not full.
  const recent = slices.slice(-7, -1);
  const rate = recent.reduce((sum, slice) => sum + slice.jobs, 0) / Math.max(1, recent.length);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <main className="h-dvh overflow-auto" tabIndex={0}>
      <div className="mx-auto flex max-w-4xl flex-col gap-4 p-4 md:p-8">
        <h1 className="flex items-center gap-2.5 text-lg font-semibold tracking-tight">
          <a href="/" aria-label={t.app.toEditor} className="rounded-md">
            <Logo />
          </a>
          {t.status.title}
        </h1>
        {isError && (
          <Notice tone="warn" live>
            {t.failures.unreachable}
          </Notice>
        )}
        {stats !== undefined && (
          <>
            <dl className="grid grid-cols-2 gap-4 md:grid-cols-4">
              <Tile
                label={t.status.queue}
                value={format.integer(stats.queue.waiting)}
                detail={
                  stats.queue.waiting === 0
                    ? t.status.noneWaits
                    : t.status.oldest(format.duration(stats.queue.oldestSeconds * 1000))
                }
              />
              <Tile
                label={t.status.slots}
                value={`${format.integer(total('busy'))} / ${format.integer(total('slots'))}`}
                detail={t.status.runners(runners.length)}
              />
              <Tile label={t.status.pool} value={format.integer(warm)} detail={t.status.poolHint} />
              <Tile label={t.status.rate} value={perSecond(rate)} detail={t.status.rateHint} />
            </dl>
            <JobsPlot
              title={t.status.jobs}
              slices={slices}
              top={(jobs) => t.status.perSecond(perSecond(jobs))}
              name={(verdict, jobs) => `${t.verdicts[verdict].title} ${format.integer(jobs)}`}
            />
            <LatencyPlot title={t.status.latency} slices={slices} top={format.duration} />
          </>
        )}
        <section className="rounded-xl border border-line bg-surface">
          <h2 className="border-b border-line px-4 py-3 font-medium">{t.status.languages}</h2>
          <ul className="divide-y divide-line">
            {languages?.map((language) => (
              <li key={language.id} className="flex flex-wrap items-center gap-x-3 px-4 py-2">
                <span className={`size-2 rounded-full ${language.available ? 'bg-ok' : 'bg-strong'}`} />
                <span className="font-medium">{language.name}</span>
                <span className="min-w-0 text-muted">
                  {language.available
                    ? (language.version ?? t.language.unknownVersion)
                    : (language.unavailable ?? t.language.unavailable)}
                </span>
                <span className="flex-1" />
                <span className="text-muted">
                  {language.driver === null || !language.available ? '' : t.drivers[language.driver]}
                </span>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </main>
  );
}
