import type { Finding } from '../api/client.ts';
import type { Indentation } from '../lib/indentation.ts';

/** What the page needs of an editor. Monaco, CodeMirror and a plain text area all provide it. */
export interface CodeEditor {
  /**
   * Shows a file. A file that was shown before keeps its undo history and its position; where `content`
   * differs from what the editor has, the change can be undone.
   */
  show(file: EditorFile): void;
  value(): string;
  mark(findings: readonly Finding[]): void;
  /** Line and column from 1. */
  reveal(line: number, column: number): void;
  focus(): void;
  configure(options: EditorOptions): void;
  /** Where the cursor is, to hand over from one editor to another. */
  selection(): { from: number; to: number };
  select(from: number, to: number): void;
  dispose(): void;
}

export interface EditorFile {
  /** Tells files of different drafts apart. */
  readonly key: string;
  readonly content: string;
  /** Name of the language, as `editorMode` of GET /api/languages has it. */
  readonly mode: string;
  readonly label: string;
}

export interface EditorOptions {
  readonly dark: boolean;
  readonly fontSize: number;
  readonly vim: boolean;
  readonly wrap: boolean;
  readonly readOnly: boolean;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface EditorHost {
  readonly element: HTMLElement;
  /** Where vim shows its mode and takes its commands. */
  readonly statusElement: HTMLElement;
  onChange(): void;
  onCursor(position: Position): void;
  onIndentation(indentation: Indentation): void;
  onRun(): void;
}

export type MountEditor = (host: EditorHost, options: EditorOptions) => CodeEditor;

/**
 * Lets the keyboard out of an editor that takes Tab for itself: Escape, then Tab or Shift+Tab, moves on.
 * @returns a function that undoes it.
 */
export function escapeThenTab(element: HTMLElement): () => void {
  let armed = false;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') armed = true;
    else if (event.key === 'Tab' && armed) {
      // The browser's own handling of Tab goes on; the editor's does not.
      event.stopImmediatePropagation();
      armed = false;
    } else if (event.key !== 'Shift') armed = false;
  };
  element.addEventListener('keydown', onKeyDown, { capture: true });
  return () => element.removeEventListener('keydown', onKeyDown, { capture: true });
}
