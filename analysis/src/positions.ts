import { lastAtMost } from './search.ts';
/** Lines and columns of a source, from 1, columns in UTF-16 code units. */
export class Positions {
  private readonly starts: number[] = [0];

  constructor(source: string) {
    for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1))
      this.starts.push(at + 1);
  }

  get lines(): number {
    return this.starts.length;
  }

  line(offset: number): number {
    return lastAtMost(this.starts, (start) => start, offset) + 1;
  }

  column(offset: number): number {
    return offset - (this.starts[this.line(offset) - 1] ?? 0) + 1;
  }
}
