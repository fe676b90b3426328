import { IsolatedAnalyzer } from '@rce/analysis/isolated.ts';
import { ANALYZED_LANGUAGES, isAnalyzed } from '@rce/analysis/languages.ts';
import { toSarif } from '@rce/analysis/sarif.ts';
import { ApiError } from '@rce/core/errors.ts';
import type { Analyzer } from '@rce/core/ports/analyzer.ts';
import { AnalyzeRequest } from '@rce/core/submission.ts';
import { findLanguage } from '@rce/languages/find.ts';
import type { Tracing } from '@rce/observability/tracing.ts';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { coldStart } from '../cold-start.ts';
import { createApiKeyCheck } from '../http/api-keys.ts';
import { readBody } from '../http/body.ts';
import { endpoint } from '../http/endpoint.ts';
import { refuseQuery } from '../http/request.ts';
import { jsonResponse } from '../http/response.ts';
import { knownLanguage } from '../known-language.ts';
import { createLog, type Log } from '../log.ts';
import { readSettings, SETTINGS } from '../settings.ts';
import { traces } from '../traces.ts';

export interface AnalyzeDependencies {
  readonly analyzer: Analyzer;
  readonly log: Log;
  readonly apiKeys: readonly string[];
  readonly tracing: Tracing;
}

/** What the runner sends; strangers come through the gateway. */
const DirectRequest = AnalyzeRequest.extend({ traceparent: z.string().optional() });

const SARIF = 'application/sarif+json';

/**
 * POST /analysis/analyze, and the runner's direct invocation with a bare {language, code}, which is answered
 * with the bare report.
 */
export function createHandler({ analyzer, log, apiKeys, tracing }: AnalyzeDependencies) {
  const checkKey = createApiKeyCheck(apiKeys);
  const direct = ({ traceparent, ...request }: z.infer<typeof DirectRequest>) =>
    tracing.span(
      'analyze',
      {
        parent: traceparent,
        kind: 'server',
        attributes: { 'rce.language': request.language },
        outcome: ({ findings }) => ({ 'rce.findings': findings.length }),
      },
      () => analyzer.analyze(request),
    );
  const http = endpoint(log, async (request, { signal }) => {
    checkKey(request);
    refuseQuery(request.query);
    const { language: name, code } = readBody(request, AnalyzeRequest);
    const language = knownLanguage(name);
    if (!isAnalyzed(language.id)) throw notAnalysed(language.name);
    const report = await analyzer.analyze({ language: language.id, code }, { signal });
    return wantsSarif(request.header('accept'))
      ? jsonResponse(200, toSarif(report, language.fileName), { 'content-type': SARIF })
      : jsonResponse(200, report);
  });
  return async (event: unknown, context: Context): Promise<unknown> =>
    isHttpEvent(event) ? http(event, context) : direct(DirectRequest.parse(event));
}

function isHttpEvent(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'requestContext' in event;
}

function wantsSarif(accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((type) => type.split(';')[0]?.trim().toLowerCase() === SARIF);
}

function notAnalysed(name: string): ApiError {
  const names = ANALYZED_LANGUAGES.map((id) => findLanguage(id)?.name ?? id).join(', ');
  return new ApiError('language-not-analysed', `${name} is not among ${names}.`, {
    errors: [{ path: 'language', message: `must be one of ${ANALYZED_LANGUAGES.join(', ')}` }],
  });
}

/** The analysis in this process: a thread of its own, which the first program starts. */
export const localAnalyzer: Analyzer = new IsolatedAnalyzer();

export const handler = coldStart('analyze', () => {
  const settings = readSettings(SETTINGS.analyze);
  const log = createLog('analyze', settings.RCE_LOG_LEVEL);
  return createHandler({
    analyzer: localAnalyzer,
    log,
    apiKeys: settings.RCE_API_KEYS,
    tracing: traces('analyze', settings, log),
  });
});
