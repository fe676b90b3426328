import { useStore } from '../lib/store.ts';
import { useLocale } from '../messages/messages.tsx';
import { useWorkbench } from './context.ts';

/** Where the cursor is and how the file is indented. */
export function StatusBar() {
  const { t } = useLocale();
  const { cursor } = useWorkbench();
  const { position, indentation } = useStore(cursor, (value) => value);
  return (
    <footer className="flex h-6.5 shrink-0 items-center gap-4 border-t border-line bg-canvas px-4 text-xs text-muted">
      <a href="/status" className="hover:text-text">
        {t.status.title}
      </a>
      <span className="flex-1" />
      <span>{indentation.tabs ? t.editor.tabs : t.editor.spaces(indentation.size)}</span>
      <span className="tabular-nums">{t.editor.position(position.line, position.column)}</span>
    </footer>
  );
}
