/** One JSON line per event, as CloudWatch Logs and every log shipper read it. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type Log = (
  level: Exclude<LogLevel, 'silent'>,
  message: string,
  fields?: Record<string, unknown>,
) => void;

/** Never give it source code, input or output of a job: they are the submitter's. */
export function createLog(name: string, least: LogLevel): Log {
  return (level, message, fields = {}) => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least)) return;
    const line = { time: new Date().toISOString(), level, function: name, message, ...fields };
    process.stdout.write(`${JSON.stringify(line, errorsAsText)}\n`);
  };
}

function errorsAsText(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { name: value.name, message: value.message, stack: value.stack, cause: value.cause };
}
