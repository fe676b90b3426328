import { formatWithOptions, inspect } from 'node:util';
import { host } from './host.ts';

let indent = '';
const counts = new Map<string, number>();
const starts = new Map<string, number>();

function print(fd: number, args: readonly unknown[]): void {
  const text = formatWithOptions({}, ...args);
  host.write(fd, `${indent === '' ? text : indent + text.replaceAll('\n', `\n${indent}`)}\n`);
}

function duration(label: string): string | undefined {
  const start = starts.get(label);
  if (start === undefined) return undefined;
  const ms = host.now() - start;
  return ms < 1000 ? `${Number(ms.toPrecision(5))}ms` : `${(ms / 1000).toFixed(3)}s`;
}

/** As Node draws it. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map(
    (_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)) + 2,
  );
  const line = (row: readonly string[]) =>
    `│${row.map((cell, column) => ` ${cell.padEnd((widths[column] ?? 1) - 1)}`).join('│')}│`;
  const rule = (left: string, middle: string, right: string) =>
    left + widths.map((width) => '─'.repeat(width)).join(middle) + right;
  const [head = [], ...body] = rows;
  return [rule('┌', '┬', '┐'), line(head), rule('├', '┼', '┤'), ...body.map(line), rule('└', '┴', '┘')].join(
    '\n',
  );
}

function entriesOf(data: object): [string, unknown][] {
  if (data instanceof Map)
    return [...data].map(([key, value], index) => [String(index), { Key: key, Values: value }]);
  if (data instanceof Set) return [...data].map((value, index) => [String(index), value]);
  return Object.entries(data);
}

function tabulate(data: object, columns?: readonly string[]): string {
  const entries = entriesOf(data);
  const names = [
    ...new Set(
      entries.flatMap(([, row]) => (typeof row === 'object' && row !== null ? Object.keys(row) : [])),
    ),
  ];
  const shown = columns ?? names;
  const plain = entries.some(([, row]) => typeof row !== 'object' || row === null);
  const cell = (value: unknown) => inspect(value, { depth: 0, compact: 3 });
  return table([
    ['(index)', ...shown, ...(plain ? ['Values'] : [])],
    ...entries.map(([key, row]) => {
      const record: Record<string, unknown> | undefined =
        typeof row === 'object' && row !== null ? (row as Record<string, unknown>) : undefined;
      const cells = shown.map((name) => (record && name in record ? cell(record[name]) : ''));
      return [key, ...cells, ...(plain ? [record ? '' : cell(row)] : [])];
    }),
  ]);
}

const out = (...args: unknown[]) => print(1, args);
const err = (...args: unknown[]) => print(2, args);

export const console = {
  log: out,
  info: out,
  debug: out,
  error: err,
  warn: err,
  dir: (value: unknown, options?: object) => print(1, [inspect(value, { customInspect: false, ...options })]),
  dirxml: out,
  trace(...args: unknown[]) {
    const { stack = '' } = new Error(formatWithOptions({}, ...args));
    err(stack.replace(/^Error/, 'Trace'));
  },
  assert(condition: unknown, ...args: unknown[]) {
    if (condition) return;
    const [first, ...rest] = args;
    if (typeof first === 'string') err(`Assertion failed: ${first}`, ...rest);
    else err('Assertion failed', ...args);
  },
  group(...args: unknown[]) {
    if (args.length > 0) out(...args);
    indent += '  ';
  },
  groupCollapsed: (...args: unknown[]) => console.group(...args),
  groupEnd() {
    indent = indent.slice(2);
  },
  count(label: unknown = 'default') {
    const name = String(label);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    out(`${name}: ${count}`);
  },
  countReset: (label: unknown = 'default') => void counts.delete(String(label)),
  time: (label: unknown = 'default') => void starts.set(String(label), host.now()),
  timeLog(label: unknown = 'default', ...args: unknown[]) {
    const elapsed = duration(String(label));
    if (elapsed !== undefined) out(`${String(label)}: ${elapsed}`, ...args);
  },
  timeEnd(label: unknown = 'default') {
    console.timeLog(label);
    starts.delete(String(label));
  },
  table(data: unknown, columns?: readonly string[]) {
    if (typeof data === 'object' && data !== null) out(tabulate(data, columns));
    else out(data);
  },
};
