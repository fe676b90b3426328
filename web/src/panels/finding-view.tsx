import type { Finding } from '../api/client.ts';
import { useLocale } from '../messages/messages.tsx';
import { CodeText } from '../ui/code-text.tsx';

export function FindingView({
  finding,
  onGoTo,
}: {
  finding: Finding;
  onGoTo(line: number, column: number): void;
}) {
  const { t, format } = useLocale();
  return (
    <li
      data-severity={finding.severity}
      data-rule={finding.rule}
      className={`border-b border-line px-4 py-3 ${finding.suppressed ? 'text-muted' : ''}`}
    >
      <div className="flex items-baseline gap-2.5">
        <span className="size-2 shrink-0 -translate-y-px rounded-full bg-(--severity)" />
        <div className="min-w-0 flex-1">
          <div className="flex items-baseline gap-2">
            <h2 className="min-w-0 flex-1 font-medium text-pretty">
              <span className="sr-only">{t.analysis.severities[finding.severity]}: </span>
              <CodeText text={finding.message} />
            </h2>
            <button
              type="button"
              aria-label={t.analysis.goTo(finding.line)}
              onClick={() => onGoTo(finding.line, finding.column)}
              className="shrink-0 rounded-md bg-hover px-2 py-0.5 text-xs tabular-nums hover:bg-accent hover:text-on-accent pointer-coarse:py-2"
            >
              {t.analysis.line(finding.line)}
            </button>
          </div>
          <p className="mt-0.5 flex flex-wrap gap-x-3 text-xs text-muted">
            <code className="font-mono">{finding.rule}</code>
            {finding.cwe !== undefined && <span>CWE-{finding.cwe}</span>}
            <span>{t.analysis.confidence[finding.confidence]}</span>
            {finding.share > 0 && <span>{t.analysis.points(`+${format.integer(finding.share)}`)}</span>}
            {finding.suppressed && <span>{t.analysis.suppressed}</span>}
          </p>
          <p className="mt-1.5 text-pretty">
            <span className="sr-only">{t.analysis.why}: </span>
            <CodeText text={finding.why} />
          </p>
          <p className="mt-1 text-pretty">
            <span className="font-medium">{t.analysis.remedy}: </span>
            <CodeText text={finding.remedy} />
          </p>
        </div>
      </div>
    </li>
  );
}
