import { wantsTraces } from '@rce/core/trace-context.ts';
import { createTracing, type Tracing } from '@rce/observability/tracing.ts';
import type { z } from 'zod';
import type { Log } from './log.ts';
import type { SETTINGS } from './settings.ts';

/** The traces of a function, as its settings want them. */
export function traces(name: string, settings: z.output<typeof SETTINGS.analyze>, log: Log): Tracing {
  return createTracing(wantsTraces(settings), {
    service: name,
    sendAtOnce: settings.AWS_LAMBDA_FUNCTION_NAME !== undefined,
    onError: (error) => log('warn', 'traces cannot be delivered', { error }),
  });
}
