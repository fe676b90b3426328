import { describe, expect, it } from '@jest/globals';
import { decide } from './policy.ts';

const ID = '0123456789abcdef'.repeat(4);
const OWNER = encodeURIComponent('{"label":["rce.owner"]}');

function ask(method: string, url: string, body?: unknown, pull = true) {
  return decide({ method, url, body }, { pull });
}

describe('calls that the runner makes', () => {
  it.each([
    ['GET', '/_ping', '/_ping'],
    ['GET', '/images/python:3.13-slim/json', '/images/python:3.13-slim/json'],
    ['GET', '/images/ghcr.io%2Fa%2Fb@sha256:00/json', '/images/ghcr.io/a/b@sha256:00/json'],
    [
      'POST',
      '/images/create?fromImage=python&tag=3.13-slim',
      '/images/create?fromImage=python&tag=3.13-slim',
    ],
    ['GET', `/containers/json?all=true&filters=${OWNER}`, undefined],
    ['POST', `/containers/${ID}/start`, `/containers/${ID}/start`],
    ['GET', `/containers/${ID}/json`, `/containers/${ID}/json`],
    ['GET', `/containers/${ID}/stats?stream=false&one-shot=true`, undefined],
    ['DELETE', `/containers/${ID}?force=true&v=true`, `/containers/${ID}?force=true&v=true`],
  ])('%s %s', (method, url, path) => {
    expect(ask(method, url)).toMatchObject({ kind: 'allowed', method, ...(path ? { path } : {}) });
  });
});

describe('calls that are refused', () => {
  it.each([
    ['running a command in a container', 'POST', `/containers/${ID}/exec`],
    ['starting such a command', 'POST', `/exec/${ID}/start`],
    ['writing files', 'PUT', `/containers/${ID}/archive?path=/`],
    ['reading files', 'GET', `/containers/${ID}/archive?path=/etc/shadow`],
    ['exporting a file system', 'GET', `/containers/${ID}/export`],
    ['committing an image', 'POST', `/commit?container=${ID}`],
    ['building an image', 'POST', '/build'],
    ['importing an image', 'POST', '/images/create?fromSrc=http://evil/x.tar'],
    ['importing beside pulling', 'POST', '/images/create?fromImage=python&fromSrc=-'],
    ['loading images', 'POST', '/images/load'],
    ['pushing an image', 'POST', '/images/python/push'],
    ['removing an image', 'DELETE', '/images/python'],
    ['the list of all containers', 'GET', '/containers/json?all=true'],
    ['the list by another label', 'GET', `/containers/json?filters=${encodeURIComponent('{"label":["x"]}')}`],
    [
      'the list by more',
      'GET',
      `/containers/json?filters=${encodeURIComponent('{"label":["rce.owner"],"name":["x"]}')}`,
    ],
    ['the list by no JSON', 'GET', '/containers/json?filters=x'],
    ['a container by its name', 'GET', '/containers/runner/json'],
    ['a container by a short id', 'DELETE', `/containers/${ID.slice(0, 12)}?force=true`],
    ['the log of a container', 'GET', `/containers/${ID}/logs?stdout=1`],
    ['processes of a container', 'GET', `/containers/${ID}/top`],
    ['renaming', 'POST', `/containers/${ID}/rename?name=x`],
    ['removing links', 'DELETE', `/containers/${ID}?link=true`],
    ['volumes', 'GET', '/volumes'],
    ['making a volume', 'POST', '/volumes/create'],
    ['networks', 'POST', '/networks/create'],
    ['plugins', 'POST', '/plugins/pull?remote=x'],
    ['swarm', 'POST', '/swarm/init'],
    ['secrets', 'GET', '/secrets'],
    ['events', 'GET', '/events'],
    ['disk usage', 'GET', '/system/df'],
    ['registry credentials', 'POST', '/auth'],
    ['the build session', 'POST', '/session'],
    ['another version of the API, where start took settings', 'POST', `/v1.23/containers/${ID}/start`],
    ['a path that climbs', 'GET', '/images/../containers/json/json'],
    ['a path that climbs, encoded', 'GET', '/images/%2e%2e%2fcontainers%2fx/json'],
    ['a path with a query inside', 'GET', '/images/x%3Fy/json'],
    ['a doubled slash', 'POST', `//containers/${ID}/start`],
    ['a whole address', 'GET', 'http://other/_ping'],
    ['an unknown method', 'CONNECT', '/_ping'],
    ['a parameter twice', 'DELETE', `/containers/${ID}?force=true&force=false`],
    ['a parameter that the runner does not send', 'POST', `/containers/${ID}/start?detachKeys=x`],
    ['a name that is not a sandbox’s', 'POST', '/containers/create?name=runner'],
    ['no name', 'POST', '/containers/create'],
    ['stats without an end', 'GET', `/containers/${ID}/stats?stream=true`],
  ])('%s', (_, method, url) => {
    expect(ask(method, url, {}).kind).toBe('denied');
  });

  it('pulling, where it is turned off', () => {
    expect(ask('POST', '/images/create?fromImage=python', undefined, false).kind).toBe('denied');
  });
});
