import type { MountEditor } from './code-editor.ts';

/** Monaco cannot be used by touch; CodeMirror can. Both are chunks that load after the page is up. */
export async function loadEditor(): Promise<MountEditor> {
  return matchMedia('(pointer: coarse)').matches
    ? (await import('./codemirror.ts')).mountCodeMirror
    : (await import('./monaco.ts')).mountMonaco;
}
