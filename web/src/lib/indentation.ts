export interface Indentation {
  readonly tabs: boolean;
  /** Columns of one level. */
  readonly size: number;
}

/** The indentation that a text already has: the step most often found between lines; else 4 spaces. */
export function detectIndentation(text: string): Indentation {
  const steps = new Map<number, number>();
  let tabs = 0;
  let spaces = 0;
  let previous = 0;
  for (const line of text.split('\n', 2_000)) {
    if (line.trim() === '') continue;
    const indent = /^[\t ]*/.exec(line)?.[0] ?? '';
    if (indent.startsWith('\t')) {
      tabs++;
      continue;
    }
    if (indent !== '') spaces++;
    const step = Math.abs(indent.length - previous);
    if (step >= 2 && step <= 8) steps.set(step, (steps.get(step) ?? 0) + 1);
    previous = indent.length;
  }
  if (tabs > spaces) return { tabs: true, size: 4 };
  const [best] = [...steps].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]);
  return { tabs: false, size: best?.[0] ?? 4 };
}
