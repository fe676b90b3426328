import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completeAnyWord,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension, Prec } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { Finding } from '../api/client.ts';
import { detectIndentation } from '../lib/indentation.ts';
import {
  type CodeEditor,
  type EditorFile,
  type EditorHost,
  type EditorOptions,
  escapeThenTab,
} from './code-editor.ts';
import { loadLanguage } from './codemirror-languages.ts';
import { themeOf } from './codemirror-theme.ts';

const SEVERITIES = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'info',
  info: 'hint',
} as const satisfies Record<Finding['severity'], string>;

/** CodeMirror, where the pointer is coarse: it works with touch keyboards and selection handles. */
export function mountCodeMirror(host: EditorHost, options: EditorOptions): CodeEditor {
  const language = new Compartment();
  const look = new Compartment();
  const vim = new Compartment();
  const label = new Compartment();
  const states = new Map<string, EditorState>();
  let current = options;
  let shown: string | null = null;

  const lookOf = (next: EditorOptions): Extension => [
    themeOf(next),
    next.wrap ? EditorView.lineWrapping : [],
    EditorState.readOnly.of(next.readOnly),
  ];
  const labelOf = (file: EditorFile) =>
    EditorView.contentAttributes.of({
      'aria-label': file.label,
      tabindex: '0',
      autocapitalize: 'off',
      autocorrect: 'off',
    });

  const start = () => {
    host.onRun();
    return true;
  };

  function stateOf(file: EditorFile): EditorState {
    const { tabs, size } = detectIndentation(file.content);
    return EditorState.create({
      doc: file.content,
      extensions: [
        vim.of([]),
        Prec.highest(keymap.of([{ key: 'Mod-Enter', run: start }])),
        lineNumbers(),
        lintGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ override: [completeAnyWord] }),
        highlightSelectionMatches(),
        indentUnit.of(tabs ? '\t' : ' '.repeat(size)),
        EditorState.tabSize.of(size),
        keymap.of([
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          indentWithTab,
        ]),
        language.of([]),
        look.of(lookOf(current)),
        label.of(labelOf(file)),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) host.onChange();
          if (update.selectionSet || update.docChanged) tellCursor();
        }),
      ],
    });
  }

  const view = new EditorView({ parent: host.element });
  const undoEscape = escapeThenTab(host.element);

  function tellCursor(): void {
    const { head } = view.state.selection.main;
    const line = view.state.doc.lineAt(head);
    host.onCursor({ line: line.number, column: head - line.from + 1 });
  }

  function offset(line: number, column: number): number {
    const { doc } = view.state;
    const at = doc.line(Math.min(Math.max(1, line), doc.lines));
    return Math.min(at.from + column - 1, at.to);
  }

  async function applyVim(wanted: boolean): Promise<void> {
    const key = shown;
    const extension = wanted ? (await import('@replit/codemirror-vim')).vim({ status: true }) : [];
    if (key === shown && current.vim === wanted) view.dispatch({ effects: vim.reconfigure(extension) });
  }

  async function applyLanguage(file: EditorFile): Promise<void> {
    const extension = await loadLanguage(file.mode);
    if (shown === file.key) view.dispatch({ effects: language.reconfigure(extension) });
  }

  return {
    show(file) {
      if (shown !== null && shown !== file.key) states.set(shown, view.state);
      if (shown !== file.key) view.setState(states.get(file.key) ?? stateOf(file));
      shown = file.key;
      if (view.state.doc.toString() !== file.content) {
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: file.content } });
      }
      view.dispatch({ effects: [look.reconfigure(lookOf(current)), label.reconfigure(labelOf(file))] });
      host.onIndentation(detectIndentation(file.content));
      void applyLanguage(file);
      if (current.vim) void applyVim(true);
    },
    value: () => view.state.doc.toString(),
    mark(findings) {
      const diagnostics = findings.map((finding) => {
        const from = offset(finding.line, finding.column);
        return {
          from,
          to: Math.max(from, offset(finding.endLine, finding.endColumn)),
          severity: SEVERITIES[finding.severity],
          message: `${finding.message}\n${finding.remedy}`,
          source: finding.rule,
        };
      });
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    reveal(line, column) {
      view.dispatch({ selection: { anchor: offset(line, column) }, scrollIntoView: true });
      view.focus();
    },
    focus: () => view.focus(),
    configure(next) {
      const vimChanged = next.vim !== current.vim;
      current = next;
      view.dispatch({ effects: look.reconfigure(lookOf(next)) });
      if (vimChanged) void applyVim(next.vim);
    },
    selection: () => ({ from: view.state.selection.main.from, to: view.state.selection.main.to }),
    select(from, to) {
      const end = view.state.doc.length;
      view.dispatch({ selection: { anchor: Math.min(from, end), head: Math.min(to, end) } });
    },
    dispose() {
      undoEscape();
      view.destroy();
    },
  };
}
