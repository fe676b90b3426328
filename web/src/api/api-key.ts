/** The operator's API key, for installations that ask for one. It stays in this tab. */
const NAME = 'rce:api-key';

export function readApiKey(): string {
  try {
    return sessionStorage.getItem(NAME) ?? '';
  } catch {
    return '';
  }
}

export function writeApiKey(key: string): void {
  try {
    sessionStorage.setItem(NAME, key);
  } catch {
    // Without storage the next request is refused again, and asks again.
  }
}
