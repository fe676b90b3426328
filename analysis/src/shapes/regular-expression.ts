/**
 * Finds regular expressions that take exponential time: those in which one character, repeated, can be
 * matched by a repeated group in more than one way, as in (a+)+, (\w|\d)* or (x+x+)+. Only one-character
 * repetitions are considered, which finds nearly all that occur and says little that is false.
 */

/** Characters as a bit set: Latin-1, and one bit for all others. */
type Chars = bigint;
const OTHER = 1n << 256n;
const EVERY = (1n << 257n) - 1n;
const NOTHING = 0n;

interface Part {
  /** Characters c of which the part matches some c…c, the empty text included. */
  readonly runs: Chars;
  /** Characters c of which it matches c…c of more than one length, or of one length in several ways. */
  readonly loose: Chars;
  /** Characters c of which it matches a single c or more. */
  readonly some: Chars;
  readonly empty: boolean;
}

const MAX_LENGTH = 2000;
const MAX_DEPTH = 50;

export function isCatastrophic(source: string): boolean {
  if (source.length > MAX_LENGTH || !/[*+{]/.test(source)) return false;
  try {
    const reader = new Reader(source);
    reader.alternatives(0);
    return reader.catastrophic;
  } catch (error) {
    if (error instanceof TooComplex) return false;
    throw error;
  }
}

class TooComplex extends Error {}

class Reader {
  catastrophic = false;
  private at = 0;
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  alternatives(depth: number): Part {
    if (depth > MAX_DEPTH) throw new TooComplex();
    let whole = this.sequence(depth);
    while (this.source[this.at] === '|') {
      this.at += 1;
      const other = this.sequence(depth);
      whole = {
        runs: whole.runs | other.runs,
        // Two branches that take the same character are two ways.
        loose: whole.loose | other.loose | (whole.some & other.some),
        some: whole.some | other.some,
        empty: whole.empty || other.empty,
      };
    }
    return whole;
  }

  private sequence(depth: number): Part {
    let runs = EVERY;
    let loose = NOTHING;
    let some = NOTHING;
    let empty = true;
    while (this.at < this.source.length && this.source[this.at] !== '|' && this.source[this.at] !== ')') {
      const part = this.quantified(depth);
      runs &= part.runs;
      loose |= part.loose;
      some |= part.some;
      empty = empty && part.empty;
    }
    return { runs, loose: loose & runs, some: some & runs, empty };
  }

  private quantified(depth: number): Part {
    const part = this.atom(depth);
    const { min, max } = this.quantifier();
    if (max <= 1) {
      return min === 0 ? { ...part, runs: EVERY, loose: part.loose | part.some, empty: true } : part;
    }
    if (max > 20 && (part.loose & part.runs) !== NOTHING) this.catastrophic = true;
    const repeated = max > 1 ? part.some : NOTHING;
    return {
      runs: min === 0 ? EVERY : part.runs,
      loose: part.loose | (max > min ? repeated : NOTHING),
      some: part.some,
      empty: part.empty || min === 0,
    };
  }

  private quantifier(): { min: number; max: number } {
    const rest = this.source.slice(this.at, this.at + 24);
    const match = /^(?:[*+?]|\{(\d{1,6})(,(\d{0,6}))?\})/.exec(rest);
    if (match === null) return { min: 1, max: 1 };
    this.at += match[0].length;
    // Lazy changes the order of the tries, not their number; possessive (x++) does not backtrack.
    const suffix = this.source[this.at];
    if (suffix === '?' || suffix === '+') this.at += 1;
    if (suffix === '+' && match[0] !== '') return { min: 1, max: 1 };
    switch (match[0]) {
      case '*':
        return { min: 0, max: Number.POSITIVE_INFINITY };
      case '+':
        return { min: 1, max: Number.POSITIVE_INFINITY };
      case '?':
        return { min: 0, max: 1 };
    }
    const min = Number(match[1]);
    if (match[2] === undefined) return { min, max: min };
    return { min, max: match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]) };
  }

  private atom(depth: number): Part {
    const character = this.source[this.at] ?? '';
    this.at += 1;
    switch (character) {
      case '(':
        return this.group(depth);
      case '[':
        return single(this.set());
      case '.':
        return single(EVERY & ~bit('\n') & ~bit('\r'));
      case '\\':
        return this.escape();
      case '^':
      case '$':
        return NOWHERE;
      default:
        return single(bit(character));
    }
  }

  private group(depth: number): Part {
    let looks = false;
    if (this.source[this.at] === '?') {
      const head = /^\?(?:[:>|]|<?[=!]|P?<[^>]{0,60}>|P[=][^)]{0,60}|[a-zA-Z-]{0,8}:?)/.exec(
        this.source.slice(this.at, this.at + 70),
      );
      if (head !== null) {
        looks = /[=!]$/.test(head[0]);
        if (head[0] === '?>') looks = true;
        this.at += head[0].length;
      }
    }
    const inner = this.alternatives(depth + 1);
    if (this.source[this.at] === ')') this.at += 1;
    return looks ? NOWHERE : inner;
  }

  private escape(): Part {
    const character = this.source[this.at] ?? '';
    this.at += 1;
    if (/[bBAZzG]/.test(character)) return NOWHERE;
    if (/[1-9]/.test(character)) return single(NOTHING);
    return single(this.escaped(character));
  }

  private escaped(character: string): Chars {
    const known = CLASSES[character];
    if (known !== undefined) return known;
    if (character === 'x' || character === 'u') {
      const digits = this.source.slice(this.at, this.at + (character === 'x' ? 2 : 4));
      this.at += digits.length;
      return bit(String.fromCharCode(Number.parseInt(digits, 16) || 0));
    }
    if (character === 'p' || character === 'P') {
      const end = this.source.indexOf('}', this.at);
      if (this.source[this.at] === '{' && end !== -1) this.at = end + 1;
      return EVERY;
    }
    return bit({ n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', '0': '\0' }[character] ?? character);
  }

  private set(): Chars {
    let chars = NOTHING;
    const negated = this.source[this.at] === '^';
    if (negated) this.at += 1;
    let first = true;
    while (this.at < this.source.length && (first || this.source[this.at] !== ']')) {
      first = false;
      const from = this.member();
      if (this.source[this.at] === '-' && this.source[this.at + 1] !== ']' && from.code !== undefined) {
        this.at += 1;
        const to = this.member();
        chars |= range(from.code, to.code ?? from.code);
      } else chars |= from.chars;
    }
    this.at += 1;
    return negated ? EVERY & ~chars : chars;
  }

  private member(): { chars: Chars; code: number | undefined } {
    const character = this.source[this.at] ?? '';
    this.at += 1;
    if (character !== '\\') return { chars: bit(character), code: character.charCodeAt(0) };
    const next = this.source[this.at] ?? '';
    this.at += 1;
    if (next === 'b') return { chars: bit('\b'), code: 8 };
    const chars = this.escaped(next);
    return { chars, code: /[a-zA-Z]/.test(next) ? undefined : next.charCodeAt(0) };
  }
}

/** Matches no character: an anchor, a look-around. */
const NOWHERE: Part = { runs: EVERY, loose: NOTHING, some: NOTHING, empty: true };

function single(chars: Chars): Part {
  return { runs: chars, loose: NOTHING, some: chars, empty: false };
}

function bit(character: string): Chars {
  const code = character.charCodeAt(0);
  // One character beyond Latin-1 is not told from another, so it is taken to differ from all.
  return code < 256 ? 1n << BigInt(code) : NOTHING;
}

function range(from: number, to: number): Chars {
  let chars = to >= 0xff_ff ? OTHER : NOTHING;
  for (let code = from; code <= Math.min(to, 255); code += 1) chars |= 1n << BigInt(code);
  return chars;
}

const DIGITS = range(48, 57);
const WORDS = DIGITS | range(65, 90) | range(97, 122) | bit('_');
const SPACES = [' ', '\t', '\n', '\r', '\f', '\v', '\u00A0'].reduce((set, each) => set | bit(each), OTHER);

const CLASSES: Readonly<Record<string, Chars>> = {
  d: DIGITS,
  D: EVERY & ~DIGITS,
  w: WORDS,
  W: EVERY & ~WORDS,
  s: SPACES,
  S: EVERY & ~SPACES,
};
