import type { Context } from 'aws-lambda';

/**
 * A function's `handler`, put together when the first event comes and kept for those that follow. Importing
 * the module therefore needs no settings, which tests and the bundler rely on.
 */
export function coldStart<Answer>(
  build: () => (event: unknown, context: Context) => Promise<Answer>,
): (event: unknown, context: Context) => Promise<Answer> {
  let handle: ((event: unknown, context: Context) => Promise<Answer>) | undefined;
  return async (event, context) => {
    handle ??= build();
    return handle(event, context);
  };
}
