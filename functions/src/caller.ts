import { isIPv6 } from 'node:net';
import type { HttpRequest } from './http/request.ts';

/**
 * Whom the rate limit counts: the holder of an API key, else the address.
 * @param proxies how many proxies of the operator's stand before the gateway. Each adds to X-Forwarded-For the
 * address that it was called from; whatever stands before those entries, callers may have made up.
 */
export function callerOf(request: HttpRequest, key: string | undefined, proxies: number): string {
  if (key !== undefined) return `key:${key}`;
  return `ip:${network(addressOf(request, proxies))}`;
}

function addressOf(request: HttpRequest, proxies: number): string {
  const peer = request.sourceIp ?? '';
  const forwarded = (request.header('x-forwarded-for') ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  // API Gateway itself appends its peer.
  if (forwarded.at(-1) === peer) forwarded.pop();
  return [...forwarded, peer].at(-1 - proxies) ?? peer;
}

/** One customer has at least a /64 of IPv6: its first four groups. */
function network(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address.slice(0, 64);
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const last = tail === undefined ? [] : tail.split(':').filter((group) => group !== '');
  const zeros = tail === undefined ? 0 : 8 - groups.length - last.length;
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...last];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
