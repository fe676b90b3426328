import { useEffect, useReducer } from 'react';
import { useLocale } from '../messages/messages.tsx';
import type { Run } from '../run/runs.ts';

const TICK_MS = 100;

function useElapsed(since: number): number {
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Date.now() - since);
}

/** Where a run is, and since when. */
export function RunProgress({ run }: { run: Run }) {
  const { t, format } = useLocale();
  const elapsed = useElapsed(run.startedAt);
  const step = run.job?.status === 'processing' ? 'processing' : run.job === null ? 'submitting' : 'queued';
  const text = run.trouble !== null ? t.run.reconnecting : run.cancelling ? t.run.cancelling : t.run[step];
  return (
    <div className="flex items-center gap-2.5 border-b border-line px-4 py-3">
      <span
        className={`size-2 animate-pulse rounded-full ${run.trouble === null ? 'bg-accent' : 'bg-warn'}`}
      />
      <span role="status" data-step={step} className="text-sm font-semibold">
        {text}
      </span>
      <span className="text-muted tabular-nums" aria-hidden="true">
        {format.duration(Math.max(10, elapsed))}
      </span>
    </div>
  );
}
