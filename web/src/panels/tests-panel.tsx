import { useState } from 'react';
import type { TestResult } from '../api/client.ts';
import { useLocale } from '../messages/messages.tsx';
import { isActive, useActiveRun, useRun } from '../run/runs.ts';
import { Button, EmptyState } from '../ui/controls.tsx';
import { ScrollArea } from '../ui/scroll-area.tsx';
import { useWorkbench } from '../workbench/context.ts';
import { useWorkspace } from '../workspace/store.ts';
import type { TestDraft } from '../workspace/workspace.ts';
import { RunFailure } from './run-failure.tsx';
import { RunProgress } from './run-progress.tsx';
import { TestRow } from './test-row.tsx';

const NEW_TEST: TestDraft = { name: '', stdin: '', expected: '', checker: 'trimmed' };

/** A table of cases, run all at once. */
export function TestsPanel() {
  const { t, format } = useLocale();
  const { workspace, runs, run: start } = useWorkbench();
  const tests = useWorkspace(workspace, (value) => value.tests);
  const run = useRun(runs, 'tests');
  const last = useRun(runs, 'run');
  const busy = useActiveRun(runs) !== null;
  const [open, setOpen] = useState<number | null>(null);

  const add = (test: TestDraft) => {
    workspace.change({ tests: [...tests, test] });
    setOpen(tests.length);
  };
  const lastJob = last?.job;
  const fromRun =
    last !== null && lastJob?.verdict === 'ok'
      ? () => add({ ...NEW_TEST, stdin: last.workspace.stdin, expected: lastJob.output })
      : null;
  const adders = (
    <>
      <Button icon="plus" onClick={() => add(NEW_TEST)}>
        {t.tests.add}
      </Button>
      {fromRun !== null && <Button onClick={fromRun}>{t.tests.fromRun}</Button>}
    </>
  );

  if (tests.length === 0) {
    return (
      <EmptyState icon="tests" title={t.tests.empty} hint={t.tests.emptyHint}>
        {adders}
      </EmptyState>
    );
  }
  const results = run?.failure === null ? (run.job?.tests ?? []) : [];
  // A result belongs to a case as it was sent: once edited, it says nothing.
  const resultOf = (test: TestDraft, index: number): TestResult | undefined =>
    run?.workspace.tests[index] === test ||
    JSON.stringify(run?.workspace.tests[index]) === JSON.stringify(test)
      ? results.find((result) => result.index === index)
      : undefined;
  const shown = tests.map(resultOf);
  const passed = shown.filter((result) => result?.verdict === 'ok').length;

  return (
    <div className="flex h-full flex-col bg-surface">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2.5">
        <Button kind="primary" icon="play" disabled={busy} onClick={() => start('tests')}>
          {t.run.runTests}
        </Button>
        {adders}
        <span className="flex-1" />
        {results.length > 0 && (
          <span
            role="status"
            className={`font-medium tabular-nums ${passed === tests.length ? 'text-ok' : 'text-text'}`}
          >
            {t.tests.passed(passed, tests.length)}
            {run?.job?.executionTime != null && (
              <span className="ml-2 font-normal text-muted">{format.duration(run.job.executionTime)}</span>
            )}
          </span>
        )}
      </div>
      {run !== null && isActive(run) && <RunProgress run={run} />}
      {run?.failure != null && <RunFailure failure={run.failure} onRetry={() => void runs.retry('tests')} />}
      <ScrollArea label={t.panels.tests} className="min-h-0 flex-1">
        <table className="w-full border-collapse">
          <thead className="sr-only">
            <tr>
              <th scope="col">{t.tests.name}</th>
              <th scope="col">{t.tests.result}</th>
              <th scope="col">{t.tests.time}</th>
              <th scope="col">{t.tests.remove('')}</th>
            </tr>
          </thead>
          <tbody>
            {tests.map((test, index) => (
              <TestRow
                // biome-ignore lint/suspicious/noArrayIndexKey: a case is its place in the list
                key={index}
                index={index}
                test={test}
                result={shown[index]}
                open={open === index}
                onToggle={() => setOpen(open === index ? null : index)}
                onChange={(part) =>
                  workspace.change({
                    tests: tests.map((other, at) => (at === index ? { ...other, ...part } : other)),
                  })
                }
                onRemove={() => {
                  workspace.change({ tests: tests.filter((_, at) => at !== index) });
                  setOpen(null);
                }}
              />
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </div>
  );
}
