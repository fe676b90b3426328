/**
 * Patterns of dotted names, compiled into maps so that a name is looked up, not tried against each pattern:
 *
 *   os.system          exactly this
 *   os.{system,popen}  each of these
 *   subprocess.*       whatever is in it
 *   *.execute          a member of anything, known or not
 */
export class NameIndex<T> {
  private readonly exact = new Map<string, T[]>();
  private readonly prefixes = new Map<string, T[]>();
  /** What stands before the first dot of the prefixes. */
  private readonly roots = new Set<string>();
  private readonly suffixes = new Map<string, { readonly suffix: string; readonly entry: T }[]>();

  add(pattern: string, entry: T): void {
    for (const name of expandBraces(pattern)) {
      if (name.startsWith('*.')) {
        const suffix = name.slice(1);
        push(this.suffixes, suffix.slice(suffix.lastIndexOf('.') + 1), { suffix, entry });
      } else if (name.endsWith('.*')) {
        push(this.prefixes, name.slice(0, -2), entry);
        this.roots.add(rootOf(name));
      } else push(this.exact, name, entry);
    }
  }

  /** Made without garbage where little is found: it is asked of every name in a program. */
  find(name: string): readonly T[] {
    let found: readonly T[] = this.exact.get(name) ?? NOTHING;
    const dot = name.lastIndexOf('.');
    if (dot === -1) return found;
    const ending = this.suffixes.get(name.slice(dot + 1));
    if (ending !== undefined) {
      const entries = ending.filter(({ suffix }) => name.endsWith(suffix)).map(({ entry }) => entry);
      found = [...found, ...entries];
    }
    if (this.roots.size === 0 || name.startsWith('?') || !this.roots.has(rootOf(name))) return found;
    let at = dot;
    for (let steps = 0; at > 0 && steps < 6; steps += 1) {
      const inside = this.prefixes.get(name.slice(0, at));
      if (inside !== undefined) found = [...found, ...inside];
      at = name.lastIndexOf('.', at - 1);
    }
    return found;
  }
}

const NOTHING: readonly never[] = [];

function rootOf(name: string): string {
  const dot = name.indexOf('.');
  return dot === -1 ? name : name.slice(0, dot);
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

export function expandBraces(pattern: string): string[] {
  const open = pattern.indexOf('{');
  const close = pattern.indexOf('}', open);
  if (open === -1 || close === -1) return [pattern];
  const [before, after] = [pattern.slice(0, open), pattern.slice(close + 1)];
  return pattern
    .slice(open + 1, close)
    .split(',')
    .flatMap((choice) => expandBraces(before + choice + after));
}
