import { inspect } from 'node:util';
import { readText } from './files.ts';
import { host } from './host.ts';

interface CallSite {
  getFileName(): string | null;
  getFunctionName(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  isNative(): boolean;
}

/** Files whose first line was lengthened by a wrapper, with the number of columns. */
export const wrapped = new Map<string, number>();
/** Frames of the prelude are nothing that a program's author wants to see. */
export const PRELUDE_FILE = 'node:prelude';

const location = Symbol('location');

function position(site: CallSite): string {
  const file = site.getFileName() ?? '<anonymous>';
  const line = site.getLineNumber() ?? 0;
  const shift = line === 1 ? (wrapped.get(file) ?? 0) : 0;
  return `${file}:${line}:${Math.max(1, (site.getColumnNumber() ?? 1) - shift)}`;
}

/** Gives `stack` the form that V8 gives it: the error first, then a line per frame. */
function prepareStackTrace(error: unknown, sites: readonly CallSite[]): string {
  const visible = sites.filter((site) => !site.isNative() && site.getFileName() !== PRELUDE_FILE);
  const frames = visible.map((site) => {
    const name = site.getFunctionName();
    // The function that a module is wrapped in has no name in Node either.
    return name && name !== '<eval>' ? `    at ${name} (${position(site)})` : `    at ${position(site)}`;
  });
  if (error instanceof Error && visible[0]) {
    Object.defineProperty(error, location, { value: position(visible[0]), enumerable: false });
  }
  return [title(error), ...frames].join('\n');
}

function title(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message } = error;
  return message === '' ? String(name) : `${String(name)}: ${String(message)}`;
}

export function installStackFormat(): void {
  // An accessor of the engine's: to be assigned, not defined.
  (Error as { prepareStackTrace?: unknown }).prepareStackTrace = prepareStackTrace;
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && error.name === 'InternalError' && error.message === 'out of memory';
}

/** The line of source that threw, as Node shows it above the error. */
function excerpt(error: unknown): string {
  const at = error instanceof Error ? (error as { [location]?: string })[location] : undefined;
  const found = /^(.*):(\d+):(\d+)$/.exec(at ?? '');
  if (!found) return '';
  const [, file = '', line = '', column = ''] = found;
  const text = readText(file)?.split('\n')[Number(line) - 1];
  if (text === undefined) return '';
  return `${file}:${line}\n${text}\n${' '.repeat(Number(column) - 1)}^\n\n`;
}

/** What Node prints when nothing catches an error. */
export function report(error: unknown): void {
  if (isOutOfMemory(error)) {
    host.write(2, '\nFATAL ERROR: out of memory\n');
    return;
  }
  if (!(error instanceof Error)) {
    const hint = '(Use `node --trace-uncaught ...` to show where the exception was thrown)';
    host.write(2, `Uncaught:\n${inspect(error)}\n${hint}\n`);
    return;
  }
  // What never ran has no frames; inspect would put it in brackets.
  const { stack } = error;
  const text = typeof stack === 'string' && !stack.includes('\n    at ') ? stack : inspect(error);
  host.write(2, `${excerpt(error)}${text}\n`);
}

export { isOutOfMemory };
