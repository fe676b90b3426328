import { destination, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/**
 * One line per event: readable and coloured on a terminal, JSON otherwise. Never give it source code,
 * input or output of a job; they are the submitter's, and may hold terminal escapes.
 */
export function createLog(name: string, level: (typeof LOG_LEVELS)[number]): Logger {
  const options = { name, level, timestamp: pino.stdTimeFunctions.isoTime };
  // At once: what is left for the exit is tried again for ever, should nobody read it any more (sonic-boom's flushSync).
  if (!process.stdout.isTTY) return pino(options, destination({ dest: 1, sync: true }));
  return pino(options, pretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true }));
}
