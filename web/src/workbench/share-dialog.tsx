import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import { copyText } from '../lib/clipboard.ts';
import { useLocale } from '../messages/messages.tsx';
import { isActive, useRun } from '../run/runs.ts';
import { packWorkspace } from '../share/fragment.ts';
import { Button } from '../ui/controls.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useWorkbench } from './context.ts';

/** Characters of a link that every program of the day carries whole. */
const LONG_LINK = 8_000;

function CopyField({
  label,
  hint,
  value,
  copyLabel,
  children,
}: {
  label: string;
  hint: string;
  value: string;
  copyLabel: string;
  children?: ReactNode;
}) {
  const { t } = useLocale();
  const id = useId();
  const [copied, setCopied] = useState(false);
  return (
    <section className="border-b border-line py-4 first:pt-0 last:border-0 last:pb-0">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <p className="mb-2 text-pretty text-muted">{hint}</p>
      <div className="flex gap-2">
        <input
          id={id}
          readOnly
          value={value}
          onFocus={(event) => event.target.select()}
          className="h-8 min-w-0 flex-1 rounded-md border border-line bg-canvas px-2.5 font-mono text-xs pointer-coarse:h-10"
        />
        <Button icon={copied ? 'check' : 'copy'} onClick={async () => setCopied(await copyText(value))}>
          {copied ? t.output.copied : copyLabel}
        </Button>
      </div>
      {children}
    </section>
  );
}

/** Links to the code and to its last result, and the snippet for other pages. */
export function ShareDialog({ onClose }: { onClose(): void }) {
  const { t, format } = useLocale();
  const { workspace, runs } = useWorkbench();
  const [snapshot] = useState(() => workspace.read());
  const { data: fragment } = useQuery({
    queryKey: ['fragment', snapshot],
    queryFn: () => packWorkspace(snapshot),
    networkMode: 'always',
  });
  const [run, tests] = [useRun(runs, 'run'), useRun(runs, 'tests')];
  const last = [run, tests]
    .filter((one) => one?.job != null && !isActive(one))
    .toSorted((a, b) => (b?.startedAt ?? 0) - (a?.startedAt ?? 0))[0];
  const codeLink = fragment === undefined ? '' : `${location.origin}/${fragment}`;
  const embed = `<iframe src="${location.origin}/?embed=1${fragment ?? ''}" title="${t.app.title}" width="100%" height="420" loading="lazy" style="border:0"></iframe>`;
  return (
    <Dialog title={t.share.title} closeLabel={t.share.close} onClose={onClose}>
      {last?.job == null ? (
        <section className="border-b border-line pb-4">
          <h3 className="font-medium">{t.share.result}</h3>
          <p className="text-muted">{t.share.noResult}</p>
        </section>
      ) : (
        <CopyField
          label={t.share.result}
          hint={t.share.resultHint(format.dateTime(last.job.expiresAt))}
          value={`${location.origin}/j/${last.job.jobId}`}
          copyLabel={t.share.copy}
        />
      )}
      <CopyField label={t.share.code} hint={t.share.codeHint} value={codeLink} copyLabel={t.share.copy}>
        {codeLink.length > LONG_LINK && <p className="mt-2 text-warn">{t.share.long}</p>}
      </CopyField>
      <CopyField label={t.share.embed} hint={t.share.embedHint} value={embed} copyLabel={t.share.copyHtml} />
    </Dialog>
  );
}
