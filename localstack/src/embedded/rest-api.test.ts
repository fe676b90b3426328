import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FunctionFailure, type Functions } from './function-host.ts';
import { createHostMetrics } from './host-metrics.ts';
import { createRestApi } from './rest-api.ts';
import type { RestEvent } from './rest-event.ts';
import { createStaticSite, type StaticSite } from './static-site.ts';

let server: Server;
let site: StaticSite;
let base: string;
let port: number;

const functions: Functions = {
  has: () => true,
  warm: () => {},
  close: async () => {},
  async invoke(name, event) {
    if (name === 'slow') throw new FunctionFailure('timeout', 'too slow');
    if (name === 'broken') throw new FunctionFailure('crash', 'secret details');
    if (name === 'malformed') return { hello: 1 };
    if (name === 'binary')
      return { statusCode: 201, isBase64Encoded: true, body: Buffer.from([0, 255]).toString('base64') };
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      multiValueHeaders: { 'x-many': ['a', 'b'] },
      body: JSON.stringify(event),
    };
  },
};

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rce-site-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<h1>page</h1>');
  writeFileSync(join(folder, 'assets', 'app-1234.js'), 'run()');
  site = createStaticSite({
    folder,
    headers: { 'x-frame-options': 'DENY' },
    cacheControl: (path) => (path.startsWith('/assets/') ? 'immutable' : 'no-cache'),
  });
  const names = ['echo', 'slow', 'broken', 'malformed', 'binary'];
  server = createRestApi({
    routes: [
      ...names.map((name) => ({ method: 'GET', path: `/api/${name}`, name })),
      { method: 'POST', path: '/api/echo', name: 'echo' },
      { method: 'GET', path: '/api/items/{id}', name: 'echo' },
    ],
    functions,
    site,
    allowedHosts: [],
    metrics: createHostMetrics(),
    onError: () => {},
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  base = `http://127.0.0.1:${port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const get = async (path: string) => (await (await fetch(base + path)).json()) as RestEvent;

describe('the event that a function gets', () => {
  it('is the one of API Gateway REST', async () => {
    expect(await get('/api/items/a%20b?x=1&x=2&y=%C3%A4&empty')).toMatchObject({
      resource: '/api/items/{id}',
      path: '/api/items/a%20b',
      httpMethod: 'GET',
      pathParameters: { id: 'a b' },
      queryStringParameters: { x: '2', y: 'ä', empty: '' },
      multiValueQueryStringParameters: { x: ['1', '2'], y: ['ä'], empty: [''] },
      body: null,
      isBase64Encoded: false,
      requestContext: { resourcePath: '/api/items/{id}', identity: { sourceIp: '127.0.0.1' } },
    });
  });

  it('has null where there is nothing', async () => {
    expect(await get('/api/echo')).toMatchObject({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      stageVariables: null,
    });
  });

  it('carries text as text and anything else as base64', async () => {
    const post = async (body: Uint8Array<ArrayBuffer> | string) =>
      (await (await fetch(`${base}/api/echo`, { method: 'POST', body })).json()) as RestEvent;
    expect(await post('{"ä":1}')).toMatchObject({ body: '{"ä":1}', isBase64Encoded: false });
    expect(await post(new Uint8Array([255, 0]))).toMatchObject({ body: '/wA=', isBase64Encoded: true });
  });

  it('is not fooled by a parameter called __proto__', async () => {
    const event = await get('/api/echo?__proto__=1');
    expect(event.multiValueQueryStringParameters).toHaveProperty(['__proto__'], ['1']);
  });
});

describe('the answer of a function', () => {
  it('has its headers, also repeated ones', async () => {
    const response = await fetch(`${base}/api/echo`);
    expect(response.headers.get('x-many')).toBe('a, b');
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  it('may be binary', async () => {
    const response = await fetch(`${base}/api/binary`);
    expect(response.status).toBe(201);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 255]));
  });
});

describe('an error', () => {
  it.each([
    ['GET', '/api/slow', 504, 'timeout'],
    ['GET', '/api/broken', 500, 'internal'],
    ['GET', '/api/malformed', 500, 'internal'],
    ['GET', '/api/unknown', 404, 'not-found'],
    ['GET', '/missing.js', 404, 'not-found'],
    ['DELETE', '/api/echo', 405, 'method-not-allowed'],
    ['POST', '/', 405, 'method-not-allowed'],
    ['TRACE', '/api/echo', 405, 'method-not-allowed'],
  ])('%s %s is a problem with status %d, %s', async (method, path, status, code) => {
    const { statusCode, headers, body } = await raw(method, path);
    expect(statusCode).toBe(status);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, code });
    expect(body).not.toContain('secret');
  });

  it('of the method names those that are allowed', async () => {
    const { headers } = await raw('DELETE', '/api/echo');
    expect(headers.allow).toBe('GET, HEAD, POST');
  });

  it('of the size comes before the whole body was sent', async () => {
    const { statusCode, body } = await raw('POST', '/api/echo', { 'content-length': 50 * 1024 * 1024 });
    expect(statusCode).toBe(413);
    expect(JSON.parse(body)).toMatchObject({ code: 'payload-too-large' });
  });

  it('of the size is found in a body without a length, too', async () => {
    const response = await fetch(`${base}/api/echo`, {
      method: 'POST',
      duplex: 'half',
      body: new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
      }),
    } as RequestInit).catch(() => undefined);
    // The connection is closed while the client still sends: it sees the answer or the close.
    expect(response?.status ?? 413).toBe(413);
    expect((await fetch(`${base}/api/echo`)).status).toBe(200);
  });

  it('is the answer to pages of other sites', async () => {
    const { statusCode, body } = await raw('POST', '/api/echo', { origin: 'https://attacker.example' });
    expect(statusCode).toBe(403);
    expect(JSON.parse(body)).toMatchObject({ code: 'forbidden' });
  });

  it.each([
    'GET http://[ HTTP/1.1\r\nhost: localhost\r\n\r\n',
    'NONSENSE\r\n\r\n',
    `GET / HTTP/1.1\r\n${'x: y\r\n'.repeat(9000)}\r\n`,
  ])('of the protocol does not end the service: %.20j', async (text) => {
    const answer = await new Promise<string>((resolve) => {
      let seen = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (chunk) => {
        seen += chunk;
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(seen));
      setTimeout(() => socket.end(), 300);
    });
    expect(answer).toMatch(/^HTTP\/1.1 4\d\d /);
    expect((await fetch(`${base}/api/echo`)).status).toBe(200);
  });
});

describe('the page', () => {
  it.each([
    ['/', '<h1>page</h1>', 'text/html; charset=utf-8', 'no-cache'],
    ['/j/some-job', '<h1>page</h1>', 'text/html; charset=utf-8', 'no-cache'],
    ['/assets/app-1234.js', 'run()', 'text/javascript; charset=utf-8', 'immutable'],
  ])('%s', async (path, text, type, cache) => {
    const response = await fetch(base + path);
    expect(await response.text()).toBe(text);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('cache-control')).toBe(cache);
    expect(response.headers.get('x-frame-options')).toBe('DENY');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['/../package.json', '/%2e%2e/package.json', '/assets/..%2f..%2fetc/passwd.txt', '/assets/\0.js'])(
    'is never a file from elsewhere: %j',
    async (path) => {
      const { statusCode, body } = await raw('GET', encodeURI(path).replaceAll('%25', '%'));
      expect(statusCode === 404 || body === '<h1>page</h1>').toBe(true);
    },
  );

  it('is held once, however many callers are slow to take it in', async () => {
    const request = { method: 'GET' } as IncomingMessage;
    const [first, second] = await Promise.all([site.answer(request, '/'), site.answer(request, '/')]);
    expect(first?.body).toBe(second?.body);
  });

  it('HEAD has no body, but its length', async () => {
    const { statusCode, headers, body } = await raw('HEAD', '/');
    expect([statusCode, headers['content-length'], body]).toEqual([200, '13', '']);
  });
});

function raw(method: string, path: string, headers: Record<string, string | number> = {}) {
  return new Promise<{ statusCode: number; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      const asked = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => {
          resolve({ statusCode: response.statusCode ?? 0, headers: response.headers, body });
          asked.destroy();
        });
      });
      asked.on('error', reject);
      if (headers['content-length']) asked.write('x');
      else asked.end();
    },
  );
}

describe('the metrics', () => {
  const series = async () => {
    const text = await (await fetch(`${base}/metrics`)).text();
    return text.split('\n').filter((line) => line.startsWith('http_request_duration_seconds_count'));
  };

  it('count requests by the pattern of their route, never by what clients make up', async () => {
    await get('/api/items/1');
    const before = await series();
    expect(before.some((line) => line.includes('route="/api/items/{id}"'))).toBe(true);
    for (let index = 0; index < 50; index++) {
      await fetch(`${base}/api/items/${index}`);
      await fetch(`${base}/made-up-${index}`);
      await fetch(`${base}/api/items/1`, { method: `M${index}` });
    }
    const after = await series();
    expect(after.length).toBeLessThanOrEqual(before.length + 3);
  });
});
