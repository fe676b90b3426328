import { type Workspace, WorkspaceSchema } from '../workspace/workspace.ts';

/**
 * Code in the fragment of a link: `#code=` and JSON, deflated, as base64url. A fragment never leaves the
 * browser, so sharing needs no server and no storage.
 */
const PREFIX = '#code=';
/** A link is made by anyone: a few bytes may unpack to gigabytes. The API takes 256 KiB. */
const MAX_UNPACKED_BYTES = 512 * 1024;

export async function packWorkspace(workspace: Workspace): Promise<string> {
  const json = new Blob([JSON.stringify(workspace)]);
  const packed = new Response(json.stream().pipeThrough(new CompressionStream('deflate-raw')));
  const bytes = new Uint8Array(await packed.arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return PREFIX + btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

export function isPacked(fragment: string): boolean {
  return fragment.startsWith(PREFIX);
}

/** @returns null for anything that `packWorkspace` did not make. */
export async function unpackWorkspace(fragment: string): Promise<Workspace | null> {
  try {
    const base64 = fragment.slice(PREFIX.length).replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let text = '';
    let size = 0;
    for await (const chunk of stream) {
      size += chunk.byteLength;
      if (size > MAX_UNPACKED_BYTES) return null;
      text += decoder.decode(chunk, { stream: true });
    }
    const parsed = WorkspaceSchema.safeParse(JSON.parse(text + decoder.decode()));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
