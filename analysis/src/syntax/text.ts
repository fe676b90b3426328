const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  '0': '\0',
  '\n': '',
  '\r\n': '',
};

const ESCAPE =
  /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|U([0-9a-fA-F]{8})|([0-7]{1,3})|(\r\n|[\s\S]))/g;

/** Resolves the escapes that Python, JavaScript and their like share. */
export function unescapeText(raw: string): string {
  if (!raw.includes('\\')) return raw;
  return raw.replace(ESCAPE, (whole, x, u, braced, U, octal, simple: string | undefined) => {
    const hex: string | undefined = x ?? u ?? braced ?? U;
    if (hex !== undefined) {
      const code = Number.parseInt(hex, 16);
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
    }
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    return simple === undefined ? whole : (SIMPLE[simple] ?? simple);
  });
}

/** The number that a literal stands for; NaN when it is none. Digits may be grouped by `_`. */
export function readNumber(raw: string): number {
  const text = raw
    .replaceAll('_', '')
    .replace(/(?<=[0-9a-fA-F])[nNlL]$/, '')
    .replace(/^0([0-7]+)$/, '0o$1');
  return Number(text);
}
