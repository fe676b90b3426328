import { rulesView } from '@rce/analysis/rules-view.ts';
import { coldStart } from '../cold-start.ts';
import { endpoint, type HttpHandler } from '../http/endpoint.ts';
import { jsonResponse } from '../http/response.ts';
import { createLog, type Log } from '../log.ts';
import { readSettings, SETTINGS } from '../settings.ts';

/** GET /analysis/rules. */
export function createHandler({ log }: { readonly log: Log }): HttpHandler {
  const answer = jsonResponse(200, rulesView());
  return endpoint(log, async () => answer);
}

export const handler = coldStart('rules', () => {
  const settings = readSettings(SETTINGS.rules);
  return createHandler({ log: createLog('rules', settings.RCE_LOG_LEVEL) });
});
