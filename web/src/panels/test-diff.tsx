import { useQuery } from '@tanstack/react-query';
import type { TestResult } from '../api/client.ts';
import { useLocale } from '../messages/messages.tsx';
import { TerminalText } from '../terminal/terminal-text.tsx';
import type { TestDraft } from '../workspace/workspace.ts';

interface Part {
  readonly kind: 'same' | 'missing' | 'extra';
  readonly text: string;
}

/** Edits after which two texts count as wholly different: a diff of that size helps nobody. */
const MAX_EDITS = 2_000;

async function compare(expected: string, got: string): Promise<Part[]> {
  const { diffLines, diffWordsWithSpace } = await import('diff');
  const options = { maxEditLength: MAX_EDITS };
  const short = expected.length + got.length < 4_000;
  const changes = short ? diffWordsWithSpace(expected, got, options) : diffLines(expected, got, options);
  return (
    changes?.map(({ added, removed, value }) => ({
      kind: added ? 'extra' : removed ? 'missing' : 'same',
      text: value,
    })) ?? [
      { kind: 'missing', text: expected },
      { kind: 'extra', text: got },
    ]
  );
}

const LOOKS = {
  same: '',
  missing: 'bg-warn-soft text-warn line-through decoration-1',
  extra: 'bg-bad-soft text-bad',
} as const satisfies Record<Part['kind'], string>;

/** Expected output and what came instead, in one text. */
export function TestDiff({ test, result }: { test: TestDraft; result: TestResult }) {
  const { t, format } = useLocale();
  const expected = test.expected?.replace(/\s+$/, '') ?? null;
  const got = result.output.replace(/\s+$/, '');
  const differs = expected !== null && result.verdict !== 'ok' && expected !== got;
  const { data: parts } = useQuery({
    queryKey: ['diff', expected, got],
    queryFn: () => compare(expected ?? '', got),
    enabled: differs,
    staleTime: Number.POSITIVE_INFINITY,
    networkMode: 'always',
  });
  const box = 'rounded-md border border-line bg-surface px-2.5 py-1.5';
  const cut = (hidden: number) => t.output.hidden(format.bytes(hidden));
  return (
    <div className="mt-3 space-y-2">
      {differs && parts !== undefined ? (
        <section aria-label={t.tests.diff}>
          <h2 className="mb-1 flex flex-wrap gap-x-2 text-xs text-muted">
            {t.tests.diff}
            <span>
              <span className={LOOKS.missing}>{t.tests.diffMissing}</span>{' '}
              <span className={LOOKS.extra}>{t.tests.diffExtra}</span>
            </span>
          </h2>
          <pre
            data-diff
            className={`${box} max-h-64 overflow-auto font-mono text-xs leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]`}
          >
            {parts.map(({ kind, text }, index) =>
              kind === 'same' ? (
                text
              ) : kind === 'missing' ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one diff do not move
                <del key={index} className={LOOKS.missing}>
                  {text.replaceAll('\n', '↵\n')}
                </del>
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one diff do not move
                <ins key={index} className={`${LOOKS.extra} no-underline`}>
                  {text.replaceAll('\n', '↵\n')}
                </ins>
              ),
            )}
          </pre>
        </section>
      ) : (
        <section aria-label={t.tests.got}>
          <h2 className="mb-1 text-xs text-muted">{t.tests.got}</h2>
          <div className={`${box} max-h-64 overflow-auto`}>
            {result.output === '' ? (
              <p className="text-muted">{t.output.nothing}</p>
            ) : (
              <TerminalText text={result.output} cut={cut} />
            )}
          </div>
        </section>
      )}
      {result.stderr !== '' && (
        <section aria-label={t.tests.stderr}>
          <h2 className="mb-1 text-xs text-bad">{t.tests.stderr}</h2>
          <div className={`${box} max-h-64 overflow-auto border-l-2 border-l-bad`}>
            <TerminalText text={result.stderr} cut={cut} />
          </div>
        </section>
      )}
      {(result.truncated.output || result.truncated.stderr) && <p className="text-warn">{t.tests.cut}</p>}
    </div>
  );
}
