import { useState } from 'react';
import type { Job } from '../api/client.ts';
import { copyText } from '../lib/clipboard.ts';
import { download, fromBase64 } from '../lib/download.ts';
import { RUN_KEYS } from '../lib/media.ts';
import { useLocale } from '../messages/messages.tsx';
import { isActive, useRun } from '../run/runs.ts';
import { TerminalText } from '../terminal/terminal-text.tsx';
import { Button, EmptyState, IconButton } from '../ui/controls.tsx';
import { Icon } from '../ui/icons.tsx';
import { ScrollArea } from '../ui/scroll-area.tsx';
import { useWorkbench } from '../workbench/context.ts';
import { RunFacts } from './run-facts.tsx';
import { RunFailure } from './run-failure.tsx';
import { RunProgress } from './run-progress.tsx';

interface Stream {
  name: 'stdout' | 'stderr';
  text: string;
  base64: string | undefined;
  cut: boolean;
}

function StreamView({ stream: { name, text, base64, cut }, job }: { stream: Stream; job: Job }) {
  const { t, format } = useLocale();
  const [copied, setCopied] = useState(false);
  const limit = job.limits.outputBytes ?? 0;
  const copy = async () => {
    setCopied(await copyText(text));
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <section
      aria-label={t.output[name]}
      data-stream={name}
      className={`[--edge:1rem] [[data-stream]+&]:border-t [[data-stream]+&]:border-t-line ${name === 'stderr' ? 'border-l-2 border-l-bad [--edge:calc(1rem-2px)]' : ''}`}
    >
      <header className="sticky top-0 z-10 flex h-9 items-center gap-1 border-b border-line bg-surface/95 pr-2 pl-(--edge)">
        <h2 className={`font-mono text-xs ${name === 'stderr' ? 'text-bad' : 'text-muted'}`}>
          {t.output[name]}
        </h2>
        <span className="flex-1" />
        <IconButton
          icon={copied ? 'check' : 'copy'}
          label={copied ? t.output.copied : t.output.copy(name)}
          onClick={copy}
        />
        <IconButton
          icon="download"
          label={t.output.download(name)}
          onClick={() => download(`${name}.txt`, base64 === undefined ? text : fromBase64(base64))}
        />
      </header>
      <div className="py-2.5 pr-4 pl-(--edge)">
        <TerminalText text={text} cut={(hidden) => t.output.hidden(format.bytes(hidden))} />
        {cut && (
          <p className="mt-2 flex items-center gap-1.5 text-warn">
            <Icon name="warning" className="size-3.5" />
            {t.output.cut(format.bytes(limit))}
          </p>
        )}
        {base64 !== undefined && <p className="mt-2 text-muted">{t.output.exact}</p>}
      </div>
    </section>
  );
}

function Streams({ job, active }: { job: Job; active: boolean }) {
  const { t } = useLocale();
  const all: Stream[] = [
    { name: 'stdout', text: job.output, base64: job.outputBase64, cut: job.truncated.output },
    { name: 'stderr', text: job.stderr, base64: job.stderrBase64, cut: job.truncated.stderr },
  ];
  const streams = all.filter((stream) => stream.text !== '');
  if (streams.length === 0) {
    return <p className="px-4 py-3 text-muted">{active ? t.output.nothingYet : t.output.nothing}</p>;
  }
  return streams.map((stream) => <StreamView key={stream.name} stream={stream} job={job} />);
}

/** What the last run printed, what became of it and what it cost. */
export function OutputPanel() {
  const { t } = useLocale();
  const { runs, run: start, view, embedded } = useWorkbench();
  const run = useRun(runs, 'run');
  const tests = useRun(runs, 'tests');
  if (run === null) {
    return (
      <EmptyState icon="terminal" title={t.output.empty} hint={t.output.emptyHint(RUN_KEYS)}>
        <Button icon="play" onClick={() => start('run')}>
          {t.run.run}
        </Button>
        {tests !== null && (
          <Button icon="tests" onClick={() => view.set(() => 'tests')}>
            {t.panels.tests}
          </Button>
        )}
      </EmptyState>
    );
  }
  const active = isActive(run);
  return (
    <ScrollArea label={t.panels.output} className="h-full">
      {run.failure !== null && <RunFailure failure={run.failure} onRetry={() => void runs.retry('run')} />}
      {active && <RunProgress run={run} />}
      {run.failure === null && !active && run.job !== null && <RunFacts job={run.job} brief={embedded} />}
      {run.job !== null && run.failure === null && <Streams job={run.job} active={active} />}
    </ScrollArea>
  );
}
