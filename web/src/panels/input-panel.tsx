import { useId } from 'react';
import { useLocale } from '../messages/messages.tsx';
import { useWorkbench } from '../workbench/context.ts';
import { useWorkspace } from '../workspace/store.ts';

export function InputPanel() {
  const { t } = useLocale();
  const { workspace } = useWorkbench();
  const stdin = useWorkspace(workspace, (value) => value.stdin);
  const args = useWorkspace(workspace, (value) => value.args);
  const id = useId();
  return (
    <div className="flex h-full flex-col bg-surface">
      <div className="flex h-10 shrink-0 items-center gap-2 border-b border-line px-4">
        <label htmlFor={`${id}-stdin`} className="shrink-0 text-muted">
          {t.input.stdin}
        </label>
        <span className="flex-1" />
        <label htmlFor={`${id}-args`} className="shrink-0 text-muted">
          {t.input.args}
        </label>
        <input
          id={`${id}-args`}
          value={args}
          spellCheck={false}
          autoCapitalize="off"
          placeholder={t.input.argsHint}
          onChange={(event) => workspace.change({ args: event.target.value })}
          className="h-7 w-full max-w-56 min-w-0 rounded-md border border-line bg-surface px-2 font-mono text-xs placeholder:font-sans placeholder:text-muted placeholder:italic pointer-coarse:h-9"
        />
      </div>
      <textarea
        id={`${id}-stdin`}
        value={stdin}
        spellCheck={false}
        autoCapitalize="off"
        placeholder={t.input.stdinHint}
        onChange={(event) => workspace.change({ stdin: event.target.value })}
        className="min-h-0 flex-1 resize-none bg-surface px-4 py-2.5 font-mono text-[length:var(--code-size)] leading-5 outline-none placeholder:font-sans placeholder:text-muted placeholder:italic"
      />
    </div>
  );
}
