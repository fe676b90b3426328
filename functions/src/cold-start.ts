import type { Context } from 'aws-lambda';
import type { FunctionName } from './manifest.ts';
import { createFunctionMetrics, type Invoked } from './metrics.ts';
import { METRICS_SETTINGS, readSettings } from './settings.ts';

type Handle<Answer> = (event: unknown, context: Context) => Promise<Answer>;

/**
 * A function's `handler`, put together when the first event comes and kept for those that follow. Importing
 * the module therefore needs no settings, which tests and the bundler rely on.
 */
export function coldStart<Answer>(name: FunctionName, build: () => Handle<Answer>): Handle<Answer> {
  let handle: Handle<Answer> | undefined;
  return async (event, context) => {
    handle ??= measured(name, build());
    return handle(event, context);
  };
}

function measured<Answer>(name: FunctionName, handle: Handle<Answer>): Handle<Answer> {
  const { RCE_METRICS_NAMESPACE: namespace } = readSettings(METRICS_SETTINGS);
  if (namespace === undefined) return handle;
  const record = createFunctionMetrics(namespace, name);
  return async (event, context) => {
    const startedAt = performance.now();
    const invoked = (outcome: Invoked['outcome'], answer?: Answer) =>
      record({ event, outcome, answer, durationMs: performance.now() - startedAt });
    try {
      const answer = await handle(event, context);
      invoked('ok', answer);
      return answer;
    } catch (error) {
      invoked('error');
      throw error;
    }
  };
}
