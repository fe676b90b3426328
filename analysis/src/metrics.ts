import type { AnalysisReport } from '@rce/core/report.ts';
import type { Program } from './program.ts';
import type { Dialect } from './syntax/dialect.ts';

const MAX_IMPORTS = 100;

/** Sizes of a program: lines, functions, cyclomatic complexity, imported modules. */
export function measure(lines: number, program: Program | undefined): AnalysisReport['metrics'] {
  if (program === undefined) return { lines, functions: 0, complexity: 0, imports: [] };
  const { tree, dialect, scopes } = program;
  let functions = 0;
  let complexity = 1;
  const counted = tree.byKind(dialect, countOf);
  for (let node = 0; node < tree.size; node += 1) {
    const count = counted[tree.kind(node)];
    if (count?.function) functions += 1;
    if (count?.branch) complexity += 1;
  }
  const imports = [...scopes.modules].slice(0, MAX_IMPORTS).map((name) => name.slice(0, 120));
  return { lines, functions, complexity, imports };
}

function countOf(type: string, { scopes, branches }: Dialect) {
  return { function: scopes[type] === 'function', branch: branches.has(type) };
}
