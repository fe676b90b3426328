import { type KeyboardEvent, useRef, useState } from 'react';
import type { Language } from '../api/client.ts';
import { download } from '../lib/download.ts';
import { useLocale } from '../messages/messages.tsx';
import { IconButton } from '../ui/controls.tsx';
import { Icon } from '../ui/icons.tsx';
import { say } from '../ui/toast.tsx';
import { useWorkspace } from '../workspace/store.ts';
import { isFileName } from '../workspace/workspace.ts';
import { useWorkbench } from './context.ts';
import { useOpenFiles } from './open-files.ts';

function NameInput({ name, onDone }: { name: string; onDone(name: string | null): void }) {
  const { t } = useLocale();
  const [value, setValue] = useState(name);
  const finish = () => {
    if (value === name || isFileName(value)) return onDone(value === name ? null : value);
    say(t.files.badName);
    onDone(null);
  };
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: it appears because someone asked to type a name
      autoFocus
      aria-label={t.files.name}
      value={value}
      onChange={(event) => setValue(event.target.value)}
      onFocus={(event) => event.target.setSelectionRange(0, Math.max(0, value.lastIndexOf('.')))}
      onBlur={finish}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') finish();
        if (event.key === 'Escape') onDone(null);
      }}
      className="w-32 rounded border border-accent bg-surface px-1.5 font-mono text-xs"
    />
  );
}

/** The files of the program as tabs, and what can be done with them. */
export function FileTabs({ language }: { language: Language | undefined }) {
  const { t } = useLocale();
  const { workspace, editor } = useWorkbench();
  const files = useWorkspace(workspace, (value) => value.files);
  const active = useWorkspace(workspace, (value) => value.active);
  const [renaming, setRenaming] = useState<number | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const openFiles = useOpenFiles();

  const extension = language?.fileName.slice(language.fileName.lastIndexOf('.')) ?? '';
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: files.length - 1 }[event.key];
    if (to !== undefined && files[to] !== undefined) {
      event.preventDefault();
      workspace.select(to);
      list.current?.querySelectorAll<HTMLElement>('[role=tab]')[to]?.focus();
    } else if (event.key === 'F2') setRenaming(index);
    else if (event.key === 'Delete') workspace.removeFile(index);
  };
  const reset = () => {
    if (language === undefined) return;
    workspace.replaceContent(0, language.example);
    say(t.files.resetDone);
  };
  const save = () => {
    const { files: now, active: at } = workspace.read();
    const file = now[at];
    if (file !== undefined) download(file.path.split('/').at(-1) ?? file.path, file.content);
  };

  return (
    <div className="flex h-10 shrink-0 items-center border-b border-line bg-surface pr-1.5">
      <div
        ref={list}
        className="flex h-full min-w-0 flex-1 items-center overflow-x-auto px-2 [scrollbar-width:none]"
      >
        <div role="tablist" aria-label={t.files.label} className="flex h-full">
          {files.map((file, index) =>
            renaming === index ? (
              <span
                key={file.path}
                role="tab"
                aria-selected="true"
                tabIndex={-1}
                className="flex h-full items-center px-2"
              >
                <NameInput
                  name={file.path}
                  onDone={(name) => {
                    setRenaming(null);
                    if (name !== null) workspace.renameFile(index, name);
                    editor.current?.focus();
                  }}
                />
              </span>
            ) : (
              <button
                key={file.path}
                type="button"
                role="tab"
                aria-selected={index === active}
                tabIndex={index === active ? 0 : -1}
                title={index === 0 && files.length > 1 ? t.files.entry : undefined}
                onClick={() => workspace.select(index)}
                onDoubleClick={() => setRenaming(index)}
                onKeyDown={(event) => onKeyDown(event, index)}
                className={`flex h-full items-center gap-1.5 border-b-2 px-2.5 font-mono text-xs ${index === active ? 'border-accent text-text' : 'border-transparent text-muted hover:text-text'}`}
              >
                {index === 0 && files.length > 1 && <Icon name="play" className="size-2.5 text-ok" />}
                {file.path}
              </button>
            ),
          )}
        </div>
        {files.length > 1 && (
          <IconButton
            icon="close"
            label={t.files.close(files[active]?.path ?? '')}
            className="scale-90"
            onClick={() => workspace.removeFile(active)}
          />
        )}
        <IconButton
          icon="plus"
          label={t.files.add}
          className="ml-0.5"
          onClick={() => {
            workspace.addFile(`${t.files.newName}${extension}`, '');
            setRenaming(files.length);
          }}
        />
      </div>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          void openFiles(Array.from(event.target.files ?? []));
          event.target.value = '';
        }}
      />
      <IconButton icon="open" label={t.files.open} onClick={() => picker.current?.click()} />
      <IconButton icon="download" label={t.files.download} onClick={save} />
      <IconButton icon="reset" label={t.files.reset} onClick={reset} disabled={language === undefined} />
    </div>
  );
}
