import { describe, expect, it } from '@jest/globals';
import { restEvent } from '../test/api.ts';
import { callerOf } from './caller.ts';
import { readRequest } from './http/request.ts';

function caller(sourceIp: string, forwarded?: string, proxies = 0) {
  const headers = forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded };
  return callerOf(readRequest(restEvent({ sourceIp, headers })), undefined, proxies);
}

describe('whom the rate limit counts', () => {
  it('is the peer of the gateway, whatever X-Forwarded-For says', () => {
    expect(caller('192.0.2.1')).toBe('ip:192.0.2.1');
    expect(caller('192.0.2.1', '10.0.0.1')).toBe('ip:192.0.2.1');
    expect(caller('192.0.2.1', '10.0.0.1, 192.0.2.1')).toBe('ip:192.0.2.1');
  });

  it('behind a proxy is whom the proxy names; what stands before may be made up', () => {
    expect(caller('203.0.113.9', '1.2.3.4, 192.0.2.1, 203.0.113.9', 1)).toBe('ip:192.0.2.1');
    expect(caller('203.0.113.9', '1.2.3.4, 192.0.2.1', 1)).toBe('ip:192.0.2.1');
    expect(caller('203.0.113.9', undefined, 1)).toBe('ip:203.0.113.9');
  });

  it('is one network of IPv6, since each customer has as many addresses as they like', () => {
    const network = 'ip:2001:db8:1:2::/64';
    expect(caller('2001:db8:1:2::5')).toBe(network);
    expect(caller('2001:0db8:0001:0002:ffff:ffff:ffff:ffff')).toBe(network);
    expect(caller('2001:db8:1:3::5')).not.toBe(network);
    expect(caller('::1')).toBe('ip:0:0:0:0::/64');
  });

  it('is the holder of an API key, wherever they are', () => {
    const request = readRequest(restEvent({ sourceIp: '192.0.2.1' }));
    expect(callerOf(request, 'abc', 0)).toBe('key:abc');
  });
});
