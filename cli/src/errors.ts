import type { Problem } from '@rce/core/errors.ts';
import { EXIT } from './exit-codes.ts';

/** Something that the user of the CLI can read and act on. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function usageError(message: string): CliError {
  return new CliError(`${message}\nSee rce --help.`, EXIT.usage);
}

export function problemError(problem: Problem): CliError {
  const fields = (problem.errors ?? []).map(({ path, message }) => `\n  ${path || 'body'}: ${message}`);
  const id = problem.instance === undefined ? '' : ` (request ${problem.instance})`;
  const code = problem.status >= 500 ? EXIT.internal : EXIT.refused;
  return new CliError(`${problem.title}${id}. ${problem.detail}${fields.join('')}`, code);
}
