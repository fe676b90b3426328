import { type ReactNode, useId } from 'react';
import type { TestResult } from '../api/client.ts';
import { useLocale } from '../messages/messages.tsx';
import { IconButton, Select } from '../ui/controls.tsx';
import { Icon } from '../ui/icons.tsx';
import { CHECKERS, type TestDraft } from '../workspace/workspace.ts';
import { TestDiff } from './test-diff.tsx';
import { VERDICT_LOOKS, VERDICT_TEXT } from './verdict-mark.tsx';

interface TestRowProps {
  index: number;
  test: TestDraft;
  result: TestResult | undefined;
  open: boolean;
  onToggle(): void;
  onChange(part: Partial<TestDraft>): void;
  onRemove(): void;
}

const AREA =
  'block min-h-20 w-full resize-y rounded-md border border-line bg-surface px-2.5 py-1.5 font-mono text-xs leading-5 disabled:bg-canvas';

function Field({ label, htmlFor, children }: { label: string; htmlFor: string; children: ReactNode }) {
  return (
    <div className="min-w-0 flex-1 basis-56">
      <label htmlFor={htmlFor} className="mb-1 block text-xs text-muted">
        {label}
      </label>
      {children}
    </div>
  );
}

export function TestRow({ index, test, result, open, onToggle, onChange, onRemove }: TestRowProps) {
  const { t, format } = useLocale();
  const id = useId();
  const name = test.name === '' ? t.tests.number(index + 1) : test.name;
  const look = result === undefined ? undefined : VERDICT_LOOKS[result.verdict];
  return (
    <>
      <tr className="border-b border-line hover:bg-hover" data-test={index} data-verdict={result?.verdict}>
        <td className="p-0">
          <button
            type="button"
            aria-expanded={open}
            aria-controls={`${id}-details`}
            aria-label={t.tests.details(name)}
            onClick={onToggle}
            className="flex h-10 w-full items-center gap-2 px-4 text-left"
          >
            <Icon
              name="chevron"
              className={`size-4 text-muted transition-transform ${open ? '' : '-rotate-90'}`}
            />
            <span className="truncate font-medium">{name}</span>
          </button>
        </td>
        <td
          className={`w-px px-2 whitespace-nowrap ${look === undefined ? 'text-muted' : VERDICT_TEXT[look.tone]}`}
        >
          <span className="flex items-center gap-1.5">
            {look !== undefined && <Icon name={look.icon} className="size-3.5" />}
            {result === undefined
              ? t.tests.notRun
              : result.verdict === 'ok'
                ? t.tests.ok
                : t.verdicts[result.verdict].title}
          </span>
        </td>
        <td className="w-px px-2 text-right whitespace-nowrap text-muted tabular-nums">
          {result === undefined ? '' : format.duration(result.executionTime)}
        </td>
        <td className="w-px pr-2">
          <IconButton icon="close" label={t.tests.remove(name)} onClick={onRemove} />
        </td>
      </tr>
      {open && (
        <tr className="border-b border-line bg-canvas/60">
          <td colSpan={4} id={`${id}-details`} className="px-4 py-3">
            <div className="flex flex-wrap gap-3">
              <Field label={t.tests.stdin} htmlFor={`${id}-stdin`}>
                <textarea
                  id={`${id}-stdin`}
                  value={test.stdin}
                  spellCheck={false}
                  onChange={(event) => onChange({ stdin: event.target.value })}
                  className={AREA}
                />
              </Field>
              <Field label={t.tests.expected} htmlFor={`${id}-expected`}>
                <textarea
                  id={`${id}-expected`}
                  value={test.expected ?? ''}
                  disabled={test.expected === null}
                  spellCheck={false}
                  onChange={(event) => onChange({ expected: event.target.value })}
                  className={AREA}
                />
              </Field>
            </div>
            <div className="mt-2.5 flex flex-wrap items-center gap-x-4 gap-y-2">
              <label className="flex items-center gap-2 text-muted">
                {t.tests.name}
                <input
                  value={test.name}
                  maxLength={100}
                  onChange={(event) => onChange({ name: event.target.value })}
                  className="h-8 w-32 rounded-md border border-line bg-surface px-2 text-text"
                />
              </label>
              <Select
                label={t.tests.checker}
                value={test.checker}
                disabled={test.expected === null}
                onChange={(event) => {
                  const checker = CHECKERS.find((known) => known === event.target.value);
                  if (checker !== undefined) onChange({ checker });
                }}
              >
                {CHECKERS.map((checker) => (
                  <option key={checker} value={checker}>
                    {t.tests.checkers[checker]}
                  </option>
                ))}
              </Select>
              <label className="flex items-center gap-2 text-muted">
                <input
                  type="checkbox"
                  checked={test.expected === null}
                  onChange={(event) => onChange({ expected: event.target.checked ? null : '' })}
                  className="size-4 accent-accent"
                />
                {t.tests.anyOutput}
              </label>
            </div>
            {result !== undefined && <TestDiff test={test} result={result} />}
          </td>
        </tr>
      )}
    </>
  );
}
