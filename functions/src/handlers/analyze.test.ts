import { describe, expect, it } from '@jest/globals';
import { ANALYZED_LANGUAGES } from '@rce/analysis/languages.ts';
import { AnalysisReport } from '@rce/core/report.ts';
import { LANGUAGES } from '@rce/languages/catalog.ts';
import { NO_TRACING } from '@rce/observability/tracing.ts';
import { CONTEXT, call, post } from '../../test/api.ts';
import type { HttpHandler } from '../http/endpoint.ts';
import { createHandler as createHealth } from './analysis-health.ts';
import { createHandler, localAnalyzer } from './analyze.ts';
import { createHandler as createRules } from './rules.ts';

const log = () => undefined;
const analyze = createHandler({ analyzer: localAnalyzer, log, apiKeys: [], tracing: NO_TRACING });
const http = analyze as HttpHandler;
const DANGEROUS = { language: 'python', code: 'eval(input())\n' };

describe('POST /analysis/analyze', () => {
  it('reports what is dangerous, and where', async () => {
    const answer = await post(http, DANGEROUS);
    expect(answer.statusCode).toBe(200);
    const report = AnalysisReport.parse(answer.body);
    expect(report.findings[0]).toMatchObject({ line: 1, category: 'code-execution' });
    expect(report.score).toBeGreaterThan(0);
  });

  it('finds nothing in an ordinary program', async () => {
    const { body } = await post(http, { language: 'js', code: 'console.log(1 + 1);\n' });
    expect(body).toMatchObject({ language: 'javascript', score: 0, complete: true });
  });

  it.each(['application/sarif+json', 'text/html, Application/SARIF+json;q=0.9'])(
    'answers with SARIF to Accept: %s',
    async (accept) => {
      const answer = await post(http, DANGEROUS, { headers: { Accept: accept } });
      expect(answer.headers['content-type']).toBe('application/sarif+json');
      expect(answer.body).toMatchObject({ version: '2.1.0' });
      expect(answer.body.runs[0].results.length).toBeGreaterThan(0);
    },
  );

  it.each([
    ['a language that is not known', { language: 'cobol', code: 'x' }, 400, 'unknown-language', 'language'],
    ['an unknown key', { ...DANGEROUS, stdin: '' }, 400, 'invalid-input', 'stdin'],
    ['no code', { language: 'python' }, 400, 'invalid-input', 'code'],
    ['oversized code', { language: 'python', code: 'x'.repeat(65_537) }, 400, 'invalid-input', 'code'],
  ])('refuses %s', async (_name, body, status, code, path) => {
    const answer = await post(http, body);
    expect(answer).toMatchObject({ statusCode: status, body: { code, errors: [{ path }] } });
  });

  it('asks for an API key where keys are set', async () => {
    const guarded = createHandler({
      analyzer: localAnalyzer,
      log,
      apiKeys: ['k'.repeat(16)],
      tracing: NO_TRACING,
    }) as HttpHandler;
    expect((await post(guarded, DANGEROUS)).statusCode).toBe(401);
  });

  it('invoked by the runner with a bare request, answers with the bare report', async () => {
    expect(AnalysisReport.parse(await analyze(DANGEROUS, CONTEXT)).score).toBeGreaterThan(0);
    await expect(analyze({ language: 'python' }, CONTEXT)).rejects.toThrow();
  });
});

it('analyses the languages that their folders say are analysed', () => {
  const said = LANGUAGES.filter(({ analysis }) => analysis).map(({ id }) => id);
  expect(said.toSorted()).toEqual([...ANALYZED_LANGUAGES].sort());
});

describe('GET /analysis/health', () => {
  it('is 200 when every language is analysed', async () => {
    const answer = await call(createHealth({ analyzer: localAnalyzer, log }), {});
    expect(answer).toMatchObject({ statusCode: 200, body: { status: 'ok' } });
    expect(answer.body.languages).toHaveLength(ANALYZED_LANGUAGES.length);
  });

  it('is 503 when one is not', async () => {
    const analyzer = { analyze: () => Promise.reject(new Error('no grammar')) };
    expect(await call(createHealth({ analyzer, log }), {})).toMatchObject({
      statusCode: 503,
      body: { status: 'failing' },
    });
  });
});

describe('GET /analysis/rules', () => {
  it('lists the rules with what to do', async () => {
    const { body } = await call(createRules({ log }), {});
    expect(body.rules.length).toBeGreaterThan(20);
    expect(body.rules[0]).toMatchObject({ id: expect.any(String), remedy: expect.any(String) });
  });
});
