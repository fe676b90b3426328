import { useState } from 'react';
import type { Verdict } from '../api/client.ts';
import { useStore } from '../lib/store.ts';
import { useLocale } from '../messages/messages.tsx';
import { VERDICT_LOOKS, VERDICT_TEXT } from '../panels/verdict-mark.tsx';
import { Button, EmptyState } from '../ui/controls.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { say } from '../ui/toast.tsx';
import { forgetHistory, type HistoryEntry, history, matches } from '../workspace/history.ts';
import { useWorkbench } from './context.ts';

const isVerdict = (verdict: string): verdict is Verdict => verdict in VERDICT_LOOKS;

function Entry({ entry, onRestore }: { entry: HistoryEntry; onRestore(): void }) {
  const { t, format } = useLocale();
  const { languages } = useWorkbench();
  const look = isVerdict(entry.verdict) ? VERDICT_LOOKS[entry.verdict] : VERDICT_LOOKS['internal-error'];
  const language =
    languages.find(({ id }) => id === entry.workspace.language)?.name ?? entry.workspace.language;
  const code = entry.workspace.files[entry.workspace.active]?.content ?? '';
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line py-3 last:border-0">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-x-2">
          <Icon name={look.icon} className={`size-4 ${VERDICT_TEXT[look.tone]}`} />
          <span className="font-medium">{language}</span>
          <span className={VERDICT_TEXT[look.tone]}>
            {isVerdict(entry.verdict) ? t.verdicts[entry.verdict].title : entry.verdict}
          </span>
          <span className="text-muted tabular-nums">
            {entry.executionTime === null ? '' : format.duration(entry.executionTime)}
          </span>
          <span className="text-muted">{format.dateTime(entry.at)}</span>
        </p>
        <p className="mt-0.5 truncate font-mono text-xs text-muted">
          {code.split('\n').find((line) => line.trim() !== '')}
        </p>
        <p className="truncate font-mono text-xs">{entry.output.split('\n')[0]}</p>
      </div>
      <a href={`/j/${entry.jobId}`} className="text-muted underline underline-offset-2 hover:text-text">
        {t.history.open}
      </a>
      <Button onClick={onRestore}>{t.history.restore}</Button>
    </li>
  );
}

/** The last runs: search them, take one up again. */
export function HistoryDialog({ onClose }: { onClose(): void }) {
  const { t } = useLocale();
  const { workspace } = useWorkbench();
  const entries = useStore(history, (value) => value);
  const [query, setQuery] = useState('');
  const found = entries.filter((entry) => matches(entry, query));
  return (
    <Dialog title={t.history.title} closeLabel={t.history.close} onClose={onClose} wide>
      <div className="flex items-center gap-2">
        <input
          type="search"
          aria-label={t.history.search}
          placeholder={t.history.search}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          className="h-9 w-full min-w-0 rounded-md border border-line bg-surface px-3 placeholder:text-muted"
        />
        <Button kind="quiet" disabled={entries.length === 0} onClick={forgetHistory}>
          {t.history.clear}
        </Button>
      </div>
      <p className="mt-2 text-muted">{t.history.hint}</p>
      {found.length === 0 ? (
        <EmptyState icon="history" title={entries.length === 0 ? t.history.empty : t.history.none} />
      ) : (
        <ul className="mt-1">
          {found.map((entry) => (
            <Entry
              key={entry.jobId}
              entry={entry}
              onRestore={() => {
                workspace.save();
                workspace.open(entry.workspace);
                say(t.history.restored);
                onClose();
              }}
            />
          ))}
        </ul>
      )}
    </Dialog>
  );
}
