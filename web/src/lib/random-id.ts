/** A random id. `crypto.randomUUID` exists in secure contexts only, and a page in a LAN is none. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
