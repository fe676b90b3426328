import './monaco-features.ts';
import * as monaco from 'monaco-editor/editor/editor.api';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import type { Finding } from '../api/client.ts';
import {
  type CodeEditor,
  type EditorFile,
  type EditorHost,
  type EditorOptions,
  escapeThenTab,
} from './code-editor.ts';
import { defineThemes } from './monaco-themes.ts';
import { lineHeight, MONO_FONTS } from './plain.ts';

// Self-hosted: the worker is a file of ours, so that `worker-src 'self'` holds.
globalThis.MonacoEnvironment = { getWorker: () => new EditorWorker() };
defineThemes();

const SEVERITIES: Readonly<Record<Finding['severity'], monaco.MarkerSeverity>> = {
  critical: monaco.MarkerSeverity.Error,
  high: monaco.MarkerSeverity.Error,
  medium: monaco.MarkerSeverity.Warning,
  low: monaco.MarkerSeverity.Info,
  info: monaco.MarkerSeverity.Hint,
};
const OWNER = 'analysis';

function toMonaco(options: EditorOptions): monaco.editor.IEditorOptions & { theme: string } {
  return {
    theme: options.dark ? 'rce-dark' : 'rce-light',
    fontSize: options.fontSize,
    lineHeight: lineHeight(options.fontSize),
    wordWrap: options.wrap ? 'on' : 'off',
    readOnly: options.readOnly,
    cursorStyle: options.vim ? 'block' : 'line',
  };
}

export function mountMonaco(host: EditorHost, options: EditorOptions): CodeEditor {
  const editor = monaco.editor.create(host.element, {
    ...toMonaco(options),
    model: null,
    automaticLayout: true,
    fontFamily: MONO_FONTS,
    minimap: { enabled: false },
    padding: { top: 12, bottom: 12 },
    scrollBeyondLastLine: false,
    smoothScrolling: false,
    renderLineHighlight: 'line',
    renderLineHighlightOnlyWhenFocus: true,
    overviewRulerBorder: false,
    overviewRulerLanes: 2,
    hideCursorInOverviewRuler: true,
    lineNumbersMinChars: 4,
    lineDecorationsWidth: 8,
    glyphMargin: false,
    folding: true,
    showFoldingControls: 'mouseover',
    fixedOverflowWidgets: true,
    stickyScroll: { enabled: false },
    guides: { indentation: true },
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
    // The page's own shortcuts and links are enough.
    links: false,
    contextmenu: true,
    quickSuggestions: { other: true, comments: false, strings: false },
    accessibilitySupport: 'auto',
  });
  const models = new Map<
    string,
    { model: monaco.editor.ITextModel; view: monaco.editor.ICodeEditorViewState | null }
  >();
  let shown: string | null = null;
  let vim: { dispose(): void } | null = null;
  let vimWanted = false;
  let disposed = false;

  editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, host.onRun);
  editor.onDidChangeModelContent(() => host.onChange());
  editor.onDidChangeCursorPosition(({ position }) =>
    host.onCursor({ line: position.lineNumber, column: position.column }),
  );
  const undoEscape = escapeThenTab(host.element);

  const tellIndentation = (model: monaco.editor.ITextModel) => {
    const { insertSpaces, indentSize } = model.getOptions();
    host.onIndentation({ tabs: !insertSpaces, size: indentSize });
  };

  async function setVim(wanted: boolean): Promise<void> {
    vimWanted = wanted;
    if (!wanted) {
      vim?.dispose();
      vim = null;
      host.statusElement.textContent = '';
    } else if (vim === null) {
      const { initVimMode } = await import('monaco-vim');
      if (vimWanted && vim === null && !disposed) vim = initVimMode(editor, host.statusElement);
    }
  }

  const handle: CodeEditor = {
    show(file: EditorFile) {
      const before = shown === null ? undefined : models.get(shown);
      if (before !== undefined) before.view = editor.saveViewState();
      let entry = models.get(file.key);
      if (entry === undefined) {
        entry = { model: monaco.editor.createModel(file.content, file.mode), view: null };
        entry.model.updateOptions({
          bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false },
        });
        models.set(file.key, entry);
      } else if (entry.model.getValue() !== file.content) {
        entry.model.pushEditOperations(
          [],
          [{ range: entry.model.getFullModelRange(), text: file.content }],
          () => null,
        );
        entry.model.detectIndentation(true, 4);
      }
      if (shown !== file.key) {
        editor.setModel(entry.model);
        if (entry.view !== null) editor.restoreViewState(entry.view);
      }
      shown = file.key;
      if (entry.model.getLanguageId() !== file.mode) monaco.editor.setModelLanguage(entry.model, file.mode);
      editor.updateOptions({ ariaLabel: file.label });
      tellIndentation(entry.model);
    },
    value: () => editor.getModel()?.getValue() ?? '',
    mark(findings) {
      const model = editor.getModel();
      if (model === null) return;
      monaco.editor.setModelMarkers(
        model,
        OWNER,
        findings.map((finding) => ({
          startLineNumber: finding.line,
          startColumn: finding.column,
          endLineNumber: finding.endLine,
          endColumn: finding.endColumn,
          severity: SEVERITIES[finding.severity],
          message: `${finding.message}\n${finding.remedy}`,
          source: finding.rule,
        })),
      );
    },
    reveal(line, column) {
      const position = { lineNumber: line, column };
      editor.setPosition(position);
      editor.revealPositionInCenterIfOutsideViewport(position);
      editor.focus();
    },
    focus: () => editor.focus(),
    configure(next) {
      editor.updateOptions(toMonaco(next));
      monaco.editor.setTheme(next.dark ? 'rce-dark' : 'rce-light');
      void setVim(next.vim);
    },
    selection() {
      const [model, range] = [editor.getModel(), editor.getSelection()];
      if (model === null || range === null) return { from: 0, to: 0 };
      return {
        from: model.getOffsetAt(range.getStartPosition()),
        to: model.getOffsetAt(range.getEndPosition()),
      };
    },
    select(from, to) {
      const model = editor.getModel();
      if (model === null) return;
      editor.setSelection(monaco.Range.fromPositions(model.getPositionAt(from), model.getPositionAt(to)));
    },
    dispose() {
      disposed = true;
      vim?.dispose();
      undoEscape();
      editor.dispose();
      for (const { model } of models.values()) model.dispose();
    },
  };
  handle.configure(options);
  return handle;
}
