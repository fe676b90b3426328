import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sampleReport } from '@rce/core/contracts/samples.ts';
import type { Analyzer } from '@rce/core/ports/analyzer.ts';
import { createFunctionClient } from '../src/clients.ts';
import { AnalysisUnavailable, createLambdaAnalyzer } from '../src/lambda-analyzer.ts';

const REQUEST = { language: 'python', code: 'print(1)' };

/** Lambda's side of Invoke: answers as each test wants it. */
let answer: (request: IncomingMessage, response: ServerResponse) => unknown;
let lambda: Server;
let analyzer: Analyzer;
beforeAll(async () => {
  lambda = createServer((request, response) => answer(request, response));
  lambda.listen(0, '127.0.0.1');
  await once(lambda, 'listening');
  const address = lambda.address();
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
  });
  analyzer = createLambdaAnalyzer(createFunctionClient(), 'analyze');
});
afterAll(() => {
  lambda.closeAllConnections();
  lambda.close();
});

describe('the analysis by Lambda', () => {
  it('invokes the function with the bare request and brings its report', async () => {
    let sent: unknown;
    answer = async (request, response) => {
      sent = { url: request.url, body: JSON.parse(await text(request)) };
      response.end(JSON.stringify(sampleReport({ score: 40 })));
    };
    expect(await analyzer.analyze(REQUEST)).toEqual(sampleReport({ score: 40 }));
    expect(sent).toEqual({ url: '/2015-03-31/functions/analyze/invocations', body: REQUEST });
  });

  it('fails when the function does', async () => {
    answer = (_request, response) => {
      response.setHeader('x-amz-function-error', 'Unhandled');
      response.end('{"errorMessage":"out of memory"}');
    };
    await expect(analyzer.analyze(REQUEST)).rejects.toThrow(AnalysisUnavailable);
    await expect(analyzer.analyze(REQUEST)).rejects.toThrow(/out of memory/);
  });

  it.each(['', 'null', '{"score":', '{"score":"high"}'])(
    'fails when it answers %j, which is no report',
    async (body) => {
      answer = (_request, response) => response.end(body);
      await expect(analyzer.analyze(REQUEST)).rejects.toThrow(AnalysisUnavailable);
    },
  );

  it('ends when it is aborted', async () => {
    const abort = new AbortController();
    answer = () => abort.abort();
    await expect(analyzer.analyze(REQUEST, { signal: abort.signal })).rejects.toThrow(/abort/i);
  });
});
