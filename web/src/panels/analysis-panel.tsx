import { useState } from 'react';
import type { AnalysisReport, Finding } from '../api/client.ts';
import { useLocale } from '../messages/messages.tsx';
import { EmptyState, Notice } from '../ui/controls.tsx';
import { ScrollArea } from '../ui/scroll-area.tsx';
import { useWorkbench } from '../workbench/context.ts';
import { FindingView } from './finding-view.tsx';
import { SEVERITIES } from './severities.ts';

const LEVEL_COLORS = {
  none: 'text-ok',
  low: 'text-(--ansi-6)',
  medium: 'text-warn',
  high: 'text-bad',
  critical: 'text-bad',
} as const satisfies Record<AnalysisReport['level'], string>;

/** The score, and the share that each finding has in it. */
function Score({ report }: { report: AnalysisReport }) {
  const { t, format } = useLocale();
  const parts = report.findings.filter((finding) => finding.share > 0).toSorted((a, b) => b.share - a.share);
  return (
    <section aria-label={t.analysis.score} className="border-b border-line px-4 py-3">
      <div className="flex items-baseline gap-2">
        <span className="text-3xl font-semibold tracking-tight tabular-nums" data-score={report.score}>
          {format.integer(report.score)}
        </span>
        <span className="text-muted">/ 100</span>
        <span className={`ml-1 font-semibold ${LEVEL_COLORS[report.level]}`}>
          {t.analysis.levels[report.level]}
        </span>
        <span className="flex-1" />
        <span className="text-xs text-muted">
          {t.analysis.findings(report.findings.length + report.omitted)}
        </span>
      </div>
      <div
        role="img"
        aria-label={t.analysis.composition}
        className="mt-2 flex h-1.5 gap-px overflow-hidden rounded-full bg-hover"
      >
        {parts.map((finding) => (
          <span
            key={`${finding.rule} ${finding.line} ${finding.column}`}
            data-severity={finding.severity}
            title={`${finding.message}: ${t.analysis.points(format.integer(finding.share))}`}
            className="h-full bg-(--severity)"
            style={{ width: `${finding.share}%` }}
          />
        ))}
      </div>
      <p className="mt-2 text-xs text-muted">
        {t.analysis.metrics(report.metrics.lines, report.metrics.functions, report.metrics.complexity)}
      </p>
    </section>
  );
}

function SeverityFilter({
  findings,
  hidden,
  onToggle,
}: {
  findings: readonly Finding[];
  hidden: ReadonlySet<string>;
  onToggle(severity: Finding['severity']): void;
}) {
  const { t } = useLocale();
  return (
    <fieldset className="flex flex-wrap gap-1.5 border-b border-line px-4 py-2">
      <legend className="sr-only">{t.analysis.filter}</legend>
      {SEVERITIES.map((severity) => {
        const count = findings.filter((finding) => finding.severity === severity).length;
        if (count === 0) return null;
        return (
          <button
            key={severity}
            type="button"
            aria-pressed={!hidden.has(severity)}
            onClick={() => onToggle(severity)}
            className="flex h-6 items-center gap-1.5 rounded-full border border-line px-2.5 text-xs text-muted hover:bg-hover aria-pressed:border-strong aria-pressed:text-text pointer-coarse:h-9"
          >
            <span data-severity={severity} className="size-2 rounded-full bg-(--severity)" />
            {t.analysis.severities[severity]}
            <span className="tabular-nums">{count}</span>
          </button>
        );
      })}
    </fieldset>
  );
}

interface AnalysisPanelProps {
  report: AnalysisReport | undefined;
  state: 'unsupported' | 'empty' | 'checking' | 'failed' | 'done';
  caption: string;
}

/** What is risky in the program, on which line, why, and what to do about it. */
export function AnalysisPanel({ report, state, caption }: AnalysisPanelProps) {
  const { t } = useLocale();
  const { goTo } = useWorkbench();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  if (state === 'unsupported') return <EmptyState icon="shield" title={t.analysis.unsupported} />;
  if (state === 'empty') return <EmptyState icon="shield" title={t.analysis.empty} />;
  if (report === undefined) {
    const title = state === 'failed' ? t.analysis.failed : t.analysis.checking;
    return <EmptyState icon="shield" title={title} />;
  }
  const toggle = (severity: string) => {
    const next = new Set(hidden);
    if (!next.delete(severity)) next.add(severity);
    setHidden(next);
  };
  const rank = (finding: Finding) => SEVERITIES.indexOf(finding.severity) * 1e6 + finding.line;
  const findings = report.findings
    .filter((finding) => !hidden.has(finding.severity))
    .toSorted((a, b) => Number(a.suppressed) - Number(b.suppressed) || rank(a) - rank(b));
  return (
    <ScrollArea label={t.panels.analysis} className="h-full">
      <p className="px-4 pt-3 text-xs text-muted">{caption}</p>
      <Score report={report} />
      {state === 'failed' && (
        <div className="px-4 pt-3">
          <Notice tone="warn">{t.analysis.failed}</Notice>
        </div>
      )}
      {!report.complete && (
        <div className="px-4 pt-3">
          <Notice tone="warn">{t.analysis.incomplete}</Notice>
        </div>
      )}
      {report.findings.length === 0 ? (
        <EmptyState icon="shield" title={t.analysis.clean} hint={t.analysis.cleanHint} />
      ) : (
        <>
          <SeverityFilter findings={report.findings} hidden={hidden} onToggle={toggle} />
          <ul>
            {findings.map((finding) => (
              <FindingView
                key={`${finding.rule} ${finding.line} ${finding.column} ${finding.endLine} ${finding.endColumn}`}
                finding={finding}
                onGoTo={goTo}
              />
            ))}
          </ul>
        </>
      )}
      {report.omitted > 0 && <p className="px-4 py-3 text-muted">{t.analysis.omitted(report.omitted)}</p>}
    </ScrollArea>
  );
}
