/** Colours and weights of terminal text: the codes of `ESC [ … m` (SGR), and nothing else. */

/** 0–15: the theme's palette; a string: a fixed CSS colour. */
export type Color = number | string;

export interface Style {
  readonly fg?: Color | undefined;
  readonly bg?: Color | undefined;
  readonly bold?: boolean | undefined;
  readonly dim?: boolean | undefined;
  readonly italic?: boolean | undefined;
  readonly underline?: boolean | undefined;
  readonly strike?: boolean | undefined;
  readonly inverse?: boolean | undefined;
  /** A stand-in for a character that would not be seen. */
  readonly control?: boolean | undefined;
}

export const PLAIN: Style = {};

/** Concealed text (8) stays visible, and blinking (5, 6) does not blink. */
const SIMPLE: Readonly<Record<number, Style>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  22: { bold: undefined, dim: undefined },
  23: { italic: undefined },
  24: { underline: undefined },
  27: { inverse: undefined },
  29: { strike: undefined },
  39: { fg: undefined },
  49: { bg: undefined },
};

/** The style after the parameters of one sequence, for example `1;38;5;208`. */
export function applySgr(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
  let next = style;
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    if (code === 0) next = PLAIN;
    else if (code === 38 || code === 48) {
      const [color, used] = extended(codes, index + 1);
      index += used;
      if (color !== undefined) next = { ...next, [code === 38 ? 'fg' : 'bg']: color };
    } else if (code >= 30 && code <= 37) next = { ...next, fg: code - 30 };
    else if (code >= 40 && code <= 47) next = { ...next, bg: code - 40 };
    else if (code >= 90 && code <= 97) next = { ...next, fg: code - 90 + 8 };
    else if (code >= 100 && code <= 107) next = { ...next, bg: code - 100 + 8 };
    else next = { ...next, ...SIMPLE[code] };
  }
  return next;
}

/** `5;n` or `2;r;g;b` behind 38 and 48, and how many codes that took. */
function extended(codes: readonly number[], at: number): [Color | undefined, number] {
  const byte = (offset: number) => Math.min(255, Math.max(0, Math.trunc(codes[at + offset] ?? 0) || 0));
  if (codes[at] === 5) return [indexed(byte(1)), 2];
  if (codes[at] === 2) return [`rgb(${byte(1)} ${byte(2)} ${byte(3)})`, 4];
  return [undefined, 0];
}

/** The 256-colour table: 16 of the theme, a cube of 6×6×6, 24 greys. */
function indexed(number: number): Color {
  if (number < 16) return number;
  if (number >= 232) {
    const grey = 8 + (number - 232) * 10;
    return `rgb(${grey} ${grey} ${grey})`;
  }
  const cube = number - 16;
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  return `rgb(${level(Math.trunc(cube / 36))} ${level(Math.trunc(cube / 6) % 6)} ${level(cube % 6)})`;
}
