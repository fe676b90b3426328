import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

/**
 * Keeps pages of other sites, open in the user's browser, from using the engine. Such a page can send
 * requests here directly (the browser then names it in Origin) or make its own name resolve to this machine
 * (DNS rebinding: the name then stands in Host). An address in Host cannot be rebound, so addresses pass.
 * @returns why the request is refused, or undefined.
 */
export function refusal(request: IncomingMessage, allowedHosts: readonly string[]): string | undefined {
  if (allowedHosts.includes('*')) return undefined;
  const { host, origin } = request.headers;
  const name = hostName(`http://${host ?? ''}`);
  if (name === undefined || !isAllowed(name, allowedHosts)) {
    return `The host name ${JSON.stringify(host ?? '')} is not one of this engine's.`;
  }
  const from = origin === undefined ? undefined : hostName(origin);
  if (origin !== undefined && from !== name && (from === undefined || !isLocal(from, allowedHosts))) {
    return `Pages of ${JSON.stringify(origin)} may not use this engine.`;
  }
  // Browsers leave Origin out of some requests, but then say this.
  if (origin === undefined && request.method !== 'GET' && request.method !== 'HEAD') {
    if (request.headers['sec-fetch-site'] === 'cross-site')
      return 'Pages of other sites may not use this engine.';
  }
  return undefined;
}

/** The name in a URL, in lower case and without the brackets of IPv6; undefined when there is none. */
function hostName(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  return new URL(url).hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1') || undefined;
}

function isAllowed(name: string, allowedHosts: readonly string[]): boolean {
  return isIP(name) !== 0 || isLocal(name, allowedHosts);
}

function isLocal(name: string, allowedHosts: readonly string[]): boolean {
  const own = hostname().toLowerCase();
  return (
    isLoopback(name) ||
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === own ||
    allowedHosts.includes(name)
  );
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address === 'localhost' || (isIP(address) === 4 && address.startsWith('127.'));
}
