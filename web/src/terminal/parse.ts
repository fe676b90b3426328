import { applySgr, PLAIN, type Style } from './sgr.ts';

/**
 * Turns what a program printed into styled text. The only sequence that does anything is SGR (colours);
 * all others are dropped, so output cannot move the cursor, set a title, or answer back. Characters that
 * would be invisible or turn text around are shown by name. Time is linear in the text.
 */

export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** Some lines, or a part of a very long one: small enough for the browser to lay out at once. */
export interface Chunk {
  readonly spans: readonly Span[];
  readonly lines: number;
}

export interface Parsed {
  readonly chunks: readonly Chunk[];
  /** Characters behind MAX_SHOWN that are not shown. */
  readonly hidden: number;
}

/** What is put on the page; the rest is there to download. */
export const MAX_SHOWN = 1_000_000;
const CHUNK_LINES = 100;
const CHUNK_CHARS = 8_000;

const ESC = 0x1b;
const BEL = 0x07;
const CONTROL: Style = { control: true };

/** Marks that reorder or hide text (CVE-2021-42574): shown by their code. */
const isBidi = (code: number) =>
  code === 0x061c ||
  code === 0x200e ||
  code === 0x200f ||
  (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2066 && code <= 0x2069);

export function parseTerminal(text: string): Parsed {
  const shown = text.length > MAX_SHOWN ? text.slice(0, MAX_SHOWN) : text;
  const page = new Page();
  let style = PLAIN;
  let plainFrom = 0;
  const flush = (end: number) => {
    if (end > plainFrom) page.write(shown.slice(plainFrom, end), style);
  };
  for (let index = 0; index < shown.length; index++) {
    const code = shown.charCodeAt(index);
    // Nearly all characters leave here.
    if ((code >= 0x20 && code < 0x7f) || code === 0x09 || (code > 0x9f && !isBidi(code))) continue;
    flush(index);
    if (code === ESC) {
      const end = endOfSequence(shown, index);
      if (shown[index + 1] === '[' && shown[end - 1] === 'm') {
        style = applySgr(style, shown.slice(index + 2, end - 1));
      }
      index = end - 1;
    } else if (code === 0x0a) page.newLine();
    else if (code === 0x0d) page.carriageReturn();
    else page.write(nameOf(code), CONTROL);
    plainFrom = index + 1;
  }
  flush(shown.length);
  return { chunks: page.end(), hidden: text.length - shown.length };
}

function nameOf(code: number): string {
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
}

/** Index behind the escape sequence that begins at `start`. An unfinished one ends with its line. */
function endOfSequence(text: string, start: number): number {
  const kind = text[start + 1];
  let at = start + 2;
  const within = (from: number, to: number) => {
    while (at < text.length && text.charCodeAt(at) >= from && text.charCodeAt(at) <= to) at++;
  };
  if (kind === '[') {
    within(0x20, 0x3f);
    return isFinalByte(text.charCodeAt(at)) ? at + 1 : at;
  }
  if (kind !== undefined && ']P^_X'.includes(kind)) {
    while (at < text.length && text[at] !== '\n') {
      const code = text.charCodeAt(at);
      if (code === BEL) return at + 1;
      if (code === ESC) return text[at + 1] === '\\' ? at + 2 : at;
      at++;
    }
    return at;
  }
  at = start + 1;
  within(0x20, 0x2f);
  const last = text.charCodeAt(at);
  return last >= 0x30 && last <= 0x7e ? at + 1 : at;
}

const isFinalByte = (code: number) => code >= 0x40 && code <= 0x7e;

/** Collects spans into lines and lines into chunks. */
class Page {
  private readonly chunks: Chunk[] = [];
  private spans: Span[] = [];
  private chars = 0;
  private lines = 0;
  private line: Span[] = [];
  private lineChars = 0;
  /** Cells of the line once a carriage return has made it one that is written over. */
  private cells: Span[] | null = null;
  private column = 0;

  write(text: string, style: Style): void {
    if (this.cells !== null) {
      for (const char of text) this.cells[this.column++] = { text: char, style };
      return;
    }
    // A line of megabytes is laid out in parts.
    for (let from = 0; from < text.length; ) {
      const room = CHUNK_CHARS - this.lineChars;
      const part = text.slice(from, from + room);
      this.line.push({ text: part, style });
      this.lineChars += part.length;
      from += part.length;
      if (this.lineChars >= CHUNK_CHARS) this.closeLine('');
    }
  }

  carriageReturn(): void {
    this.cells ??= this.line.flatMap(({ text, style }) =>
      Array.from(text, (char) => ({ text: char, style })),
    );
    this.column = 0;
  }

  newLine(): void {
    this.closeLine('\n');
  }

  private closeLine(end: string): void {
    const spans = this.cells === null ? this.line : merge(this.cells);
    const chars = spans.reduce((sum, span) => sum + span.text.length, 0);
    if (this.lines >= CHUNK_LINES || (this.lines > 0 && this.chars + chars > CHUNK_CHARS)) this.closeChunk();
    this.spans.push(...spans);
    if (end !== '') this.spans.push({ text: end, style: PLAIN });
    this.chars += chars;
    this.lines++;
    this.line = [];
    this.lineChars = 0;
    this.cells = null;
    this.column = 0;
  }

  private closeChunk(): void {
    this.chunks.push({ spans: merge(this.spans), lines: this.lines });
    this.spans = [];
    this.chars = 0;
    this.lines = 0;
  }

  end(): readonly Chunk[] {
    if (this.line.length > 0 || this.cells !== null) this.closeLine('');
    if (this.spans.length > 0) this.closeChunk();
    return this.chunks;
  }
}

/** Neighbours of one style become one span. */
function merge(spans: readonly Span[]): Span[] {
  const merged: { text: string[]; style: Style }[] = [];
  for (const { text, style } of spans) {
    const last = merged.at(-1);
    if (last?.style === style) last.text.push(text);
    else merged.push({ text: [text], style });
  }
  return merged.map(({ text, style }) => ({ text: text.join(''), style }));
}
