import { describe, expect, it } from '@jest/globals';
import { matchRoute } from './router.ts';

const routes = [
  { method: 'POST', path: '/api/submit', name: 'submit' },
  { method: 'GET', path: '/api/status/{jobId}', name: 'status' },
];

describe('routes', () => {
  it.each([
    ['POST', '/api/submit', 'submit', {}],
    ['GET', '/api/status/abc', 'status', { jobId: 'abc' }],
    ['HEAD', '/api/status/abc', 'status', { jobId: 'abc' }],
    ['GET', '/api/status/a%2Fb%20c', 'status', { jobId: 'a/b c' }],
    ['GET', '/api/status/%', 'status', { jobId: '%' }],
    ['GET', '/api/status/__proto__', 'status', { jobId: '__proto__' }],
  ])('%s %s is %s', (method, path, name, parameters) => {
    expect(matchRoute(routes, method, path)).toMatchObject({ kind: 'found', route: { name }, parameters });
  });

  it('tells which methods a path has', () => {
    expect(matchRoute(routes, 'DELETE', '/api/submit')).toEqual({ kind: 'wrong-method', allow: ['POST'] });
    expect(matchRoute(routes, 'POST', '/api/status/x')).toEqual({
      kind: 'wrong-method',
      allow: ['GET', 'HEAD'],
    });
  });

  it.each(['/', '/api', '/api/submit/', '/api/status/', '/api/status/a/b', '/API/submit', '/api/status'])(
    '%s is no route',
    (path) => {
      expect(matchRoute(routes, 'GET', path).kind).toBe('none');
    },
  );
});
