import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { refusal } from './guard.ts';

function ask(headers: Record<string, string>, method = 'POST', allowed: string[] = []): string | undefined {
  return refusal({ headers, method } as unknown as IncomingMessage, allowed);
}

describe('requests that are served', () => {
  it.each([
    [{ host: 'localhost:3000' }],
    [{ host: '127.0.0.1:3000' }],
    [{ host: '[::1]:3000' }],
    [{ host: '192.168.1.20:3000' }],
    [{ host: hostname() }],
    [{ host: 'localhost:3000', origin: 'http://localhost:3000' }],
    [{ host: 'localhost:3000', origin: 'http://127.0.0.1:5173' }],
    [{ host: '192.168.1.20:3000', origin: 'http://192.168.1.20:3000' }],
  ])('%j', (headers) => {
    expect(ask(headers)).toBeUndefined();
  });

  it('are those of a further host that the operator names', () => {
    expect(
      ask({ host: 'rce.example', origin: 'https://rce.example' }, 'POST', ['rce.example']),
    ).toBeUndefined();
    expect(ask({ host: 'any.example', origin: 'https://other.example' }, 'POST', ['*'])).toBeUndefined();
  });
});

describe('requests of pages of other sites', () => {
  it.each([
    ['by DNS rebinding', { host: 'attacker.example:3000', origin: 'http://attacker.example:3000' }],
    ['by DNS rebinding, without Origin', { host: 'attacker.example:3000' }],
    ['across sites', { host: 'localhost:3000', origin: 'https://attacker.example' }],
    ['from a sandboxed frame or a file', { host: 'localhost:3000', origin: 'null' }],
    ['from another machine of the network', { host: '127.0.0.1:3000', origin: 'http://192.168.1.66' }],
    ['with a name that only looks local', { host: 'localhost.attacker.example:3000' }],
    ['with a name that begins as an address', { host: '127.0.0.1.attacker.example' }],
    ['with a user name in front', { host: 'localhost@attacker.example' }],
    ['without Origin, but marked by the browser', { host: 'localhost:3000', 'sec-fetch-site': 'cross-site' }],
    ['without Host', {}],
    ['with nonsense in Host', { host: 'local host:99999999' }],
  ])('%s are refused', (_, headers) => {
    expect(ask(headers as Record<string, string>)).toMatch(/engine/);
  });

  it('are refused for reading, too', () => {
    expect(ask({ host: 'localhost', origin: 'https://attacker.example' }, 'GET')).toBeDefined();
    expect(ask({ host: 'attacker.example' }, 'GET')).toBeDefined();
  });

  it('a link to the engine may be followed', () => {
    expect(ask({ host: 'localhost:3000', 'sec-fetch-site': 'cross-site' }, 'GET')).toBeUndefined();
  });
});
