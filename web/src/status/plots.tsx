import type { ReactNode } from 'react';
import type { Verdict } from '../api/client.ts';
import { VERDICT_LOOKS } from '../panels/verdict-mark.tsx';
import type { Tone } from '../ui/controls.tsx';
import type { Slice } from './timeline.ts';

const WIDTH = 600;
const HEIGHT = 120;

const FILLS = {
  ok: 'fill-ok',
  warn: 'fill-warn',
  bad: 'fill-bad',
  info: 'fill-muted',
} as const satisfies Record<Tone, string>;
const TONES = Object.keys(FILLS) as Tone[];
const DOTS = {
  ok: 'bg-ok',
  warn: 'bg-warn',
  bad: 'bg-bad',
  info: 'bg-muted',
} as const satisfies Record<Tone, string>;
const VERDICTS = Object.keys(VERDICT_LOOKS) as Verdict[];

function Frame({
  title,
  top,
  legend,
  children,
}: {
  title: string;
  top: string;
  legend?: ReactNode;
  children: ReactNode;
}) {
  return (
    <figure className="rounded-xl border border-line bg-surface p-4">
      <figcaption className="mb-3 flex flex-wrap items-baseline gap-x-3">
        <h2 className="font-medium">{title}</h2>
        <span className="flex flex-wrap gap-x-3 text-xs text-muted">{legend}</span>
        <span className="ml-auto text-xs text-muted tabular-nums">{top}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-28 w-full overflow-visible"
        aria-hidden="true"
      >
        <path
          d={`M0 0H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT}H${WIDTH}`}
          className="stroke-line"
          vectorEffect="non-scaling-stroke"
        />
        {children}
      </svg>
    </figure>
  );
}

/** Jobs of each slice, one on the other by what became of them. */
export function JobsPlot({
  title,
  slices,
  top,
  name,
}: {
  title: string;
  slices: readonly Slice[];
  top(jobs: number): string;
  /** A verdict with its number of jobs. */
  name(verdict: Verdict, jobs: number): string;
}) {
  const max = Math.max(1, ...slices.map((slice) => slice.jobs));
  const step = WIDTH / slices.length;
  return (
    <Frame
      title={title}
      top={top(max)}
      legend={VERDICTS.map((verdict) => {
        const jobs = slices.reduce((sum, slice) => sum + (slice.verdicts[verdict] ?? 0), 0);
        return jobs === 0 ? null : (
          <span key={verdict} className="flex items-center gap-1.5 tabular-nums">
            <span className={`size-2 rounded-full ${DOTS[VERDICT_LOOKS[verdict].tone]}`} />
            {name(verdict, jobs)}
          </span>
        );
      })}
    >
      {slices.flatMap((slice, index) => {
        let y = HEIGHT;
        return TONES.map((tone) => {
          const count = Object.entries(slice.verdicts)
            .filter(([verdict]) => VERDICT_LOOKS[verdict as Verdict].tone === tone)
            .reduce((sum, [, value]) => sum + value, 0);
          const height = (count / max) * HEIGHT;
          y -= height;
          return count === 0 ? null : (
            <rect
              key={`${slice.at} ${tone}`}
              x={index * step + step * 0.1}
              y={y}
              width={step * 0.8}
              height={height}
              className={FILLS[tone]}
            />
          );
        });
      })}
    </Frame>
  );
}

/** Times from submission to result. A slice without jobs has none, and the line has a gap there. */
export function LatencyPlot({
  title,
  slices,
  top,
}: {
  title: string;
  slices: readonly Slice[];
  top(ms: number): string;
}) {
  const max = Math.max(1, ...slices.map((slice) => slice.p95 ?? 0));
  const step = WIDTH / slices.length;
  const points = (name: 'p50' | 'p95') =>
    slices
      .map((slice, index) => ({ value: slice[name], before: slices[index - 1]?.[name] ?? null, index }))
      .flatMap(({ value, before, index }) => {
        if (value === null) return [];
        const [x, y] = [(index + 0.5) * step, HEIGHT - (value / max) * HEIGHT];
        // A point by itself is a short line, else it would not be seen.
        return [before === null ? `M${x - step * 0.4} ${y}H${x + step * 0.4}M${x} ${y}` : `L${x} ${y}`];
      })
      .join('');
  const line = (name: 'p50' | 'p95', className: string) => (
    <path
      d={points(name)}
      fill="none"
      strokeWidth={2}
      vectorEffect="non-scaling-stroke"
      className={className}
    />
  );
  return (
    <Frame
      title={title}
      top={top(max)}
      legend={
        <>
          <span className="flex items-center gap-1.5">
            <span className="h-0.5 w-3 bg-accent" /> p50
          </span>
          <span className="flex items-center gap-1.5">
            <span className="h-0.5 w-3 bg-warn" /> p95
          </span>
        </>
      }
    >
      {line('p95', 'stroke-warn')}
      {line('p50', 'stroke-accent')}
    </Frame>
  );
}
