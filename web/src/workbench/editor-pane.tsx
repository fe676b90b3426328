import { useEffect, useRef, useState } from 'react';
import type { AnalysisReport, Language } from '../api/client.ts';
import type { CodeEditor, EditorHost } from '../editor/code-editor.ts';
import { loadEditor } from '../editor/load.ts';
import { mountPlain } from '../editor/plain.ts';
import { useMedia } from '../lib/media.ts';
import { useStore } from '../lib/store.ts';
import { useLocale } from '../messages/messages.tsx';
import { say } from '../ui/toast.tsx';
import { useSettings } from '../workspace/settings.ts';
import { useWorkspace } from '../workspace/store.ts';
import { useWorkbench } from './context.ts';

/** Milliseconds between a key press and the draft that has it; a run does not wait for this. */
const SYNC_MS = 200;

export function useDark(): boolean {
  const theme = useSettings((value) => value.theme);
  const system = useMedia('(prefers-color-scheme: dark)');
  return theme === 'dark' || (theme === 'system' && system);
}

/** The editor: a text area at first, Monaco or CodeMirror as soon as they are loaded. */
export function EditorPane({
  language,
  report,
}: {
  language: Language | undefined;
  report: AnalysisReport | undefined;
}) {
  const { t } = useLocale();
  const { workspace, editor: shared, cursor, run } = useWorkbench();
  const element = useRef<HTMLDivElement>(null);
  const status = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<CodeEditor | null>(null);
  const dark = useDark();
  const fontSize = useSettings((value) => value.fontSize);
  const vim = useSettings((value) => value.vim);
  const wrap = useSettings((value) => value.wrap);
  const languageId = useWorkspace(workspace, (value) => value.language);
  const path = useWorkspace(workspace, ({ files, active }) => files[active]?.path ?? '');
  const options = { dark, fontSize, vim, wrap, readOnly: false };
  const first = useRef({ options, failed: t.editor.failed });

  useEffect(() => {
    if (element.current === null || status.current === null) return;
    let current: CodeEditor | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const sync = () => {
      clearTimeout(timer);
      timer = undefined;
      const { files, active } = workspace.store.get();
      const open = files[active];
      if (current !== null && open !== undefined) workspace.setContent(open.path, current.value());
    };
    const host: EditorHost = {
      element: element.current,
      statusElement: status.current,
      onChange() {
        timer ??= setTimeout(sync, SYNC_MS);
      },
      onCursor: (position) => cursor.set((value) => ({ ...value, position })),
      onIndentation: (indentation) => cursor.set((value) => ({ ...value, indentation })),
      onRun: () => run('run'),
    };
    // Only what the editor has and we have not may be taken over; else a change from outside would be lost.
    workspace.flushEditor = () => {
      if (timer !== undefined) sync();
    };
    const plain = mountPlain(host, first.current.options);
    current = plain;
    shared.current = plain;
    setEditor(plain);

    loadEditor().then(
      (mount) => {
        if (gone) return;
        workspace.flushEditor();
        const hadFocus = host.element.contains(document.activeElement);
        const { from, to } = plain.selection();
        plain.dispose();
        const real = mount(host, first.current.options);
        current = real;
        shared.current = real;
        setEditor(real);
        // The file is shown by the effect below; only then is there a selection to restore.
        requestAnimationFrame(() => {
          if (gone) return;
          real.select(from, to);
          if (hadFocus) real.focus();
          host.element.dataset.ready = 'true';
        });
      },
      () => say(first.current.failed),
    );
    return () => {
      gone = true;
      workspace.flushEditor();
      workspace.flushEditor = () => {};
      shared.current = null;
      current?.dispose();
      setEditor(null);
    };
  }, [workspace, shared, cursor, run]);

  const mode = language?.editorMode ?? languageId;
  const revision = useStore(workspace.revision, (value) => value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a revision says that the text is to be shown anew
  useEffect(() => {
    // What was typed since is newer than what we have.
    workspace.flushEditor();
    const { files, active } = workspace.store.get();
    const content = files[active]?.content ?? '';
    editor?.show({ key: `${languageId}/${path}`, content, mode, label: t.editor.label(path) });
  }, [editor, workspace, languageId, path, mode, t, revision]);
  useEffect(() => {
    first.current.options = { dark, fontSize, vim, wrap, readOnly: false };
    editor?.configure(first.current.options);
  }, [editor, dark, fontSize, vim, wrap]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another file has other marks
  useEffect(() => {
    editor?.mark(report?.findings.filter((finding) => !finding.suppressed) ?? []);
  }, [editor, report, path]);

  return (
    <div className="flex h-full min-h-0 flex-col bg-surface">
      <div ref={element} className="relative min-h-0 flex-1" data-region="editor" />
      <div
        ref={status}
        className={`vim-status shrink-0 border-t border-line px-3 font-mono text-xs text-muted ${vim ? '' : 'hidden'}`}
      />
    </div>
  );
}
