import * as z from 'zod/mini';
import { readStored, writeStored } from '../lib/storage.ts';
import { createStore, type Store, useStore } from '../lib/store.ts';
import { type Draft, DraftSchema, draftOf, freeName, type Workspace, withValidActive } from './workspace.ts';

const CURRENT = 'rce:language';
const draftName = (language: string) => `rce:draft:${language}`;

/** What the store has to know of a language to begin a draft in it. */
export interface Starter {
  readonly id: string;
  readonly fileName: string;
  readonly example: string;
}

/**
 * The workspace and what can be done to it. With `persist` a draft is kept for each language;
 * without (shared code, embedded pages) nothing of it is written anywhere.
 */
export class WorkspaceStore {
  readonly store: Store<Workspace>;
  readonly persist: boolean;
  /** Counts changes that did not come out of the editor: then it has to show what we have. */
  readonly revision: Store<number> = createStore(0);
  /** The editor's own text is newer than ours until this has run. */
  flushEditor: () => void = () => {};
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(initial: Workspace, persist: boolean) {
    this.store = createStore(withValidActive(initial));
    this.persist = persist;
  }

  /** The workspace with the last key press in it. */
  read(): Workspace {
    this.flushEditor();
    return this.store.get();
  }

  change(part: Partial<Workspace>): void {
    this.store.set((workspace) => ({ ...workspace, ...part }));
    this.saveSoon();
  }

  setContent(path: string, content: string): void {
    const { files } = this.store.get();
    if (files.find((file) => file.path === path)?.content === content) return;
    this.change({ files: files.map((file) => (file.path === path ? { path, content } : file)) });
  }

  /** Puts a text in the place of a file's; undo in the editor brings the old one back. */
  replaceContent(index: number, content: string): void {
    const { files } = this.read();
    this.change({
      files: files.map((file, at) => (at === index ? { ...file, content } : file)),
      active: index,
    });
    this.revision.set((count) => count + 1);
  }

  select(index: number): void {
    this.flushEditor();
    this.change({ active: index });
  }

  addFile(wanted: string, content: string): void {
    const { files } = this.read();
    this.change({
      files: [...files, { path: freeName(files, wanted), content }],
      active: files.length,
    });
  }

  renameFile(index: number, wanted: string): void {
    const { files } = this.read();
    const others = files.filter((_, at) => at !== index);
    const path = freeName(others, wanted);
    this.change({ files: files.map((file, at) => (at === index ? { ...file, path } : file)) });
  }

  removeFile(index: number): void {
    const { files, active } = this.read();
    if (files.length === 1) return;
    this.change({
      files: files.filter((_, at) => at !== index),
      active: Math.max(0, active >= index ? active - 1 : active),
    });
  }

  /** Leaves this language's draft and takes up the other's, or begins with its example. */
  switchLanguage(to: Starter): void {
    this.save();
    const draft = this.persist ? readStored(draftName(to.id), DraftSchema) : null;
    this.open({ language: to.id, ...(draft ?? draftOf(to.fileName, to.example)) });
  }

  open(workspace: Workspace): void {
    this.flushEditor();
    this.store.set(() => withValidActive(workspace));
    this.revision.set((count) => count + 1);
    this.save();
  }

  save(): void {
    clearTimeout(this.timer);
    const { language, ...draft } = this.read();
    if (!this.persist) return;
    writeStored(CURRENT, language);
    writeStored(draftName(language), draft satisfies Draft);
  }

  private saveSoon(): void {
    if (!this.persist) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), 300);
  }
}

export function useWorkspace<Part>(workspace: WorkspaceStore, select: (value: Workspace) => Part): Part {
  return useStore(workspace.store, select);
}

/** The draft that was open last, in any language. */
export function storedWorkspace(): Workspace | null {
  const language = readStored(CURRENT, z.string());
  const draft = language === null ? null : readStored(draftName(language), DraftSchema);
  return language === null || draft === null ? null : { language, ...draft };
}
