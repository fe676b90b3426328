import { StreamLanguage, type StreamParser } from '@codemirror/language';
import type { Extension } from '@codemirror/state';

const legacy = async (load: Promise<StreamParser<unknown>>): Promise<Extension> =>
  StreamLanguage.define(await load);

/** By `editorMode` of a language; each is a chunk of its own. A mode that is not here is plain text. */
const LANGUAGES: Readonly<Record<string, () => Promise<Extension>>> = {
  python: async () => (await import('@codemirror/lang-python')).python(),
  javascript: async () => (await import('@codemirror/lang-javascript')).javascript(),
  typescript: async () => (await import('@codemirror/lang-javascript')).javascript({ typescript: true }),
  c: () => legacy(import('@codemirror/legacy-modes/mode/clike').then((mode) => mode.c)),
  cpp: () => legacy(import('@codemirror/legacy-modes/mode/clike').then((mode) => mode.cpp)),
  java: () => legacy(import('@codemirror/legacy-modes/mode/clike').then((mode) => mode.java)),
  go: () => legacy(import('@codemirror/legacy-modes/mode/go').then((mode) => mode.go)),
  rust: () => legacy(import('@codemirror/legacy-modes/mode/rust').then((mode) => mode.rust)),
  ruby: () => legacy(import('@codemirror/legacy-modes/mode/ruby').then((mode) => mode.ruby)),
  shell: () => legacy(import('@codemirror/legacy-modes/mode/shell').then((mode) => mode.shell)),
  php: () => legacy(import('@codemirror/legacy-modes/mode/clike').then((mode) => mode.c)),
};

export async function loadLanguage(mode: string): Promise<Extension> {
  return (await LANGUAGES[mode]?.()) ?? [];
}
