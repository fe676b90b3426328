/** Texts that stand where a secret would, and are none. */
const PLACEHOLDER =
  /^(?:x+|\*+|\.+|-+|_+|none|null|undefined|true|false|test\w*|example\w*|dummy\w*|fake\w*|sample\w*|changeme|change_me|password|passwd|pass|secret|token|key|admin|root|user|default|hidden|string|str|text|input|value|foo|bar|baz|abc|todo|redacted|placeholder|your[-_ ].*|my[-_ ].*|<.*>|\$\{.*\}|\{\{?.*\}?\}|%\(?.*|.*\.\.\..*)$/i;

/**
 * Whether a text that is assigned to a credential's name may be one: no placeholder, no words of a language,
 * no name of something else. Passwords that are a word or two are not told from labels.
 */
export function looksSecret(text: string): boolean {
  if (text.length < 6 || text.length > 256 || /\s/.test(text) || PLACEHOLDER.test(text)) return false;
  // Identifiers, paths, addresses and types, which are labels: api_key = "x-api-key".
  if (/^[a-z]+(?:[-_.:/][a-z]+)*$/i.test(text)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(text)).length;
  return (kinds >= 3 || (kinds === 2 && /[0-9]/.test(text))) && entropy(text) >= 2.5;
}

/** Bits of information per character, from the text's own frequencies (Shannon). */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) {
    const p = count / text.length;
    bits -= p * Math.log2(p);
  }
  return bits;
}
