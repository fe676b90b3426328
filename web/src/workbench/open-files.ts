import { useLocale } from '../messages/messages.tsx';
import { say } from '../ui/toast.tsx';
import { useWorkbench } from './context.ts';

/** Bytes of one file that the API takes. */
const MAX_BYTES = 64 * 1024;
const MAX_FILES = 32;

/** Characters that the API allows in a name; the rest becomes `_`. */
function safeName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_.+-]/g, '_').replace(/^[^A-Za-z0-9_]+/, '') || 'file';
}

/**
 * Opens files of this device as tabs. The main file of a language that is not the present one,
 * dropped alone, switches to that language.
 */
export function useOpenFiles(): (files: readonly File[]) => Promise<void> {
  const { t, format } = useLocale();
  const { workspace, languages } = useWorkbench();
  return async (files) => {
    for (const file of files) {
      if (file.size > MAX_BYTES) {
        say(t.files.tooLarge(file.name, format.bytes(MAX_BYTES)));
        continue;
      }
      const text = await decode(file);
      if (text === null) {
        say(t.files.binary(file.name));
        continue;
      }
      const name = safeName(file.name);
      const extension = name.slice(name.lastIndexOf('.'));
      const current = workspace.read();
      const own = languages.find((language) => language.id === current.language);
      const other = languages.find((language) => language.fileName.endsWith(extension));
      const isOther = other !== undefined && own !== undefined && !own.fileName.endsWith(extension);
      if (isOther && files.length === 1) {
        workspace.switchLanguage(other);
        workspace.replaceContent(0, text);
      } else if (current.files.length >= MAX_FILES) say(t.files.full);
      else workspace.addFile(name, text);
    }
  };
}

async function decode(file: File): Promise<string | null> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    return text.includes('\0') ? null : text.replaceAll('\r\n', '\n');
  } catch {
    return null;
  }
}
