/**
 * The response headers of the page: one table for every host that serves web/dist
 * (the embedded cloud, nginx in compose, CloudFront).
 */

const CONTENT_SECURITY_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  // Both editors place lines and colours by inline styles. Styles run no code, and with connect-src,
  // img-src and font-src closed they have nowhere to send anything.
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'worker-src': ["'self'"],
  'manifest-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'object-src': ["'none'"],
  // Any page may show the embedded editor (docs/embed.md). There is no cookie and no login to clickjack.
  'frame-ancestors': ['*'],
} as const satisfies Record<string, readonly string[]>;

/** On every response of the static host. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': Object.entries(CONTENT_SECURITY_POLICY)
    .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
    .join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** For hosts that speak TLS; a browser ignores it over plain HTTP. */
export const STRICT_TRANSPORT_SECURITY = { seconds: 63_072_000, includeSubdomains: true } as const;

/** Files under /assets/ carry a hash of their content in their name and never change. */
export const IMMUTABLE_PREFIX = '/assets/';

/** Value of Cache-Control for a path of web/dist. */
export function cacheControl(path: string): string {
  return path.startsWith(IMMUTABLE_PREFIX) ? 'public, max-age=31536000, immutable' : 'no-cache';
}

/** Paths that the single-page app answers itself: the host serves index.html for them. */
export const PAGE_ROUTES = ['/', '/status', '/j/*'] as const;
