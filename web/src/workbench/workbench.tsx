import { type DragEvent, type ReactNode, useMemo, useState } from 'react';
import type { Language } from '../api/client.ts';
import type { CodeEditor } from '../editor/code-editor.ts';
import { RUN_KEYS, useMedia } from '../lib/media.ts';
import { createStore, useStore } from '../lib/store.ts';
import { useLocale } from '../messages/messages.tsx';
import { AnalysisPanel } from '../panels/analysis-panel.tsx';
import { InputPanel } from '../panels/input-panel.tsx';
import { OutputPanel } from '../panels/output-panel.tsx';
import { TestsPanel } from '../panels/tests-panel.tsx';
import type { RunController } from '../run/runs.ts';
import type { RunKind } from '../run/submission.ts';
import { IconButton } from '../ui/controls.tsx';
import { Split } from '../ui/split.tsx';
import { Count, type Tab, Tabs } from '../ui/tabs.tsx';
import { changeSettings, useSettings } from '../workspace/settings.ts';
import { useWorkspace, type WorkspaceStore } from '../workspace/store.ts';
import { useAnalysis } from './analysis-query.ts';
import {
  type Workbench as Shared,
  useWorkbench as useShared,
  type View,
  WorkbenchContext,
} from './context.ts';
import { EditorPane } from './editor-pane.tsx';
import { FileTabs } from './file-tabs.tsx';
import { Header } from './header.tsx';
import { useOpenFiles } from './open-files.ts';
import { useShortcuts } from './shortcuts.ts';
import { StatusBar } from './status-bar.tsx';

interface WorkbenchProps {
  workspace: WorkspaceStore;
  runs: RunController;
  languages: readonly Language[];
  embedded: boolean;
  initialView: View;
  /** Above the panels: where shared code comes from, that there is no network. */
  banner?: ReactNode;
}

export function Workbench({ workspace, runs, languages, embedded, initialView, banner }: WorkbenchProps) {
  const lasting = useMemo(() => {
    const editor: { current: CodeEditor | null } = { current: null };
    const view = createStore<View>(initialView);
    return {
      workspace,
      runs,
      embedded,
      view,
      editor,
      cursor: createStore({ position: { line: 1, column: 1 }, indentation: { tabs: false, size: 4 } }),
      run(kind: RunKind) {
        view.set(() => (kind === 'run' ? 'output' : 'tests'));
        void runs.start(kind, workspace.read());
      },
      goTo(line: number, column: number) {
        // On a phone the editor is behind the panel with the findings.
        if (!matchMedia(WIDE).matches) view.set(() => 'code');
        requestAnimationFrame(() => editor.current?.reveal(line, column));
      },
    };
  }, [workspace, runs, embedded, initialView]);
  // Languages come and go with the runners; the editor and what is in front of it stay.
  const shared = useMemo<Shared>(() => ({ ...lasting, languages }), [lasting, languages]);
  useShortcuts(shared);
  return (
    <WorkbenchContext value={shared}>
      <Layout banner={banner} />
    </WorkbenchContext>
  );
}

const WIDE = '(min-width: 768px)';

function Layout({ banner }: { banner: ReactNode }) {
  const { t } = useLocale();
  const { workspace, languages, embedded, editor } = useShared();
  const wide = useMedia(WIDE);
  const id = useWorkspace(workspace, (value) => value.language);
  const language = languages.find((one) => one.id === id);
  return (
    <div className="flex h-dvh flex-col">
      <button
        type="button"
        onClick={() => editor.current?.focus()}
        className="sr-only z-50 rounded-md bg-accent p-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {t.app.skip}
      </button>
      <Header language={language} />
      <aside aria-label={t.app.hints}>
        {banner}
        {!embedded && <Intro />}
      </aside>
      <main id="main" className="min-h-0 flex-1">
        <Panels language={language} wide={wide} />
      </main>
      {wide && !embedded && <StatusBar />}
    </div>
  );
}

function Intro() {
  const { t } = useLocale();
  const introduced = useSettings((value) => value.introduced);
  const coarse = useMedia('(pointer: coarse)');
  if (introduced) return null;
  return (
    <div className="flex items-center gap-2 border-b border-line bg-accent-soft py-1 pr-2 pl-4 pointer-coarse:py-2">
      <p className="flex-1 text-pretty">{t.app.intro(coarse ? t.run.run : RUN_KEYS)}</p>
      <IconButton
        icon="close"
        label={t.app.introClose}
        onClick={() => changeSettings({ introduced: true })}
      />
    </div>
  );
}

function Panels({ language, wide }: { language: Language | undefined; wide: boolean }) {
  const { t } = useLocale();
  const { workspace, view, embedded } = useShared();
  const active = useStore(view, (value) => value);
  const file = useWorkspace(workspace, ({ files, active: at }) => files[at]?.path ?? '');
  const isEmpty = useWorkspace(workspace, ({ files, active: at }) => files[at]?.content.trim() === '');
  const tests = useWorkspace(workspace, (value) => value.tests.length);
  const hasInput = useWorkspace(workspace, (value) => value.stdin !== '' || value.args !== '');
  const analysis = useAnalysis(workspace, language);
  const report = language?.analysis === true && !isEmpty ? analysis.data : undefined;
  const state =
    language !== undefined && !language.analysis
      ? 'unsupported'
      : isEmpty
        ? 'empty'
        : analysis.isError
          ? 'failed'
          : report === undefined
            ? 'checking'
            : 'done';
  const risky = report?.findings.filter((finding) => finding.share > 0 && !finding.suppressed).length ?? 0;
  const tone =
    report?.level === 'high' || report?.level === 'critical'
      ? 'bad'
      : report?.level === 'medium'
        ? 'warn'
        : 'muted';

  const editor = (
    <DropZone>
      <FileTabs language={language} />
      <div className="min-h-0 flex-1">
        <EditorPane language={language} report={report} />
      </div>
    </DropZone>
  );
  const results: Tab<View>[] = [
    { id: 'output', label: t.panels.output, icon: 'terminal', panel: <OutputPanel /> },
    {
      id: 'tests',
      label: t.panels.tests,
      icon: 'tests',
      badge: tests > 0 ? <Count value={tests} /> : undefined,
      panel: <TestsPanel />,
    },
    {
      id: 'analysis',
      label: t.panels.analysis,
      icon: 'shield',
      badge: risky > 0 ? <Count value={risky} tone={tone} /> : undefined,
      panel: <AnalysisPanel report={report} state={state} caption={t.analysis.ofFile(file)} />,
    },
  ];
  const select = (id: View) => view.set(() => id);

  if (!wide && !embedded) {
    return (
      <Tabs
        bottom
        label={t.panels.results}
        active={active}
        onSelect={select}
        tabs={[
          { id: 'code', label: t.panels.code, icon: 'code', panel: editor },
          {
            id: 'input',
            label: t.panels.input,
            icon: 'input',
            badge: hasInput ? <Count value="•" /> : undefined,
            panel: <InputPanel />,
          },
          ...results,
        ]}
      />
    );
  }
  return (
    <Split
      name={wide ? 'results' : 'results-below'}
      direction={wide ? 'row' : 'column'}
      initial={wide ? 56 : 46}
      label={t.panels.resize(t.panels.results)}
      first={
        embedded ? (
          editor
        ) : (
          <Split
            name="input"
            direction="column"
            initial={76}
            label={t.panels.resize(t.panels.input)}
            first={editor}
            second={
              <section aria-label={t.panels.input} className="h-full" data-region="input">
                <InputPanel />
              </section>
            }
          />
        )
      }
      second={
        <section aria-label={t.panels.results} className="h-full bg-surface" data-region="results">
          <Tabs
            label={t.panels.results}
            active={active === 'code' || active === 'input' ? 'output' : active}
            onSelect={select}
            tabs={results}
          />
        </section>
      }
    />
  );
}

function DropZone({ children }: { children: ReactNode }) {
  const { t } = useLocale();
  const [over, setOver] = useState(false);
  const openFiles = useOpenFiles();
  const isFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files');
  return (
    <section
      aria-label={t.panels.editor}
      className="relative flex h-full min-h-0 flex-col"
      onDragOverCapture={(event) => {
        if (!isFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDropCapture={(event) => {
        if (!isFiles(event)) return;
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        void openFiles(Array.from(event.dataTransfer.files));
      }}
    >
      {children}
      {over && (
        <div className="pointer-events-none absolute inset-2 z-20 flex items-center justify-center rounded-lg border-2 border-dashed border-accent bg-surface/80 font-medium">
          {t.files.drop}
        </div>
      )}
    </section>
  );
}
