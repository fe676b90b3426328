import { detectIndentation } from '../lib/indentation.ts';
import type { CodeEditor, EditorFile, EditorHost, EditorOptions } from './code-editor.ts';

/**
 * A text area: there at once, while the real editor is on its way, and for good where that cannot be
 * loaded. Its metrics are those of the real one, so that the change is hard to see.
 */
export function mountPlain(host: EditorHost, options: EditorOptions): CodeEditor {
  const area = document.createElement('textarea');
  area.className = 'plain-editor';
  area.spellcheck = false;
  area.autocapitalize = 'off';
  area.setAttribute('autocorrect', 'off');
  area.wrap = 'off';
  host.element.append(area);

  const cursor = () => {
    const before = area.value.slice(0, area.selectionStart);
    host.onCursor({
      line: before.split('\n').length,
      column: before.length - before.lastIndexOf('\n'),
    });
  };
  area.addEventListener('input', host.onChange);
  area.addEventListener('selectionchange', cursor);
  area.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      host.onRun();
    }
  });

  const editor: CodeEditor = {
    show(file: EditorFile) {
      area.setAttribute('aria-label', file.label);
      if (area.value !== file.content) {
        area.value = file.content;
        area.setSelectionRange(0, 0);
      }
      host.onIndentation(detectIndentation(file.content));
    },
    value: () => area.value,
    mark() {},
    reveal(line) {
      const at = area.value.split('\n', line - 1).join('\n').length + (line > 1 ? 1 : 0);
      area.setSelectionRange(at, at);
      area.focus();
    },
    focus: () => area.focus(),
    configure(next) {
      area.readOnly = next.readOnly;
      area.style.fontSize = `${next.fontSize}px`;
      area.style.lineHeight = `${lineHeight(next.fontSize)}px`;
    },
    selection: () => ({ from: area.selectionStart, to: area.selectionEnd }),
    select: (from, to) => area.setSelectionRange(from, to),
    dispose: () => area.remove(),
  };
  editor.configure(options);
  return editor;
}

/** Pixels of one line, for all editors. */
export function lineHeight(fontSize: number): number {
  return Math.round(fontSize * 1.55);
}

/** First in the list that is installed. */
export const MONO_FONTS =
  'ui-monospace, "SF Mono", "JetBrains Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';
