import { maxLimits } from '@rce/core/limit-settings.ts';
import type { RunLimits } from '@rce/core/limits.ts';
import { coldStart } from '../cold-start.ts';
import { endpoint, type HttpHandler } from '../http/endpoint.ts';
import { jsonResponse } from '../http/response.ts';
import { createLog, type Log } from '../log.ts';
import { openApiDocument } from '../openapi/document.ts';
import { readSettings, SETTINGS } from '../settings.ts';

/** GET /api/openapi.json, with this engine's own limits. */
export function createHandler({ max, log }: { readonly max: RunLimits; readonly log: Log }): HttpHandler {
  const answer = jsonResponse(200, openApiDocument(max));
  return endpoint(log, async () => answer);
}

export const handler = coldStart('openapi', () => {
  const settings = readSettings(SETTINGS.openapi);
  return createHandler({ max: maxLimits(settings), log: createLog('openapi', settings.RCE_LOG_LEVEL) });
});
