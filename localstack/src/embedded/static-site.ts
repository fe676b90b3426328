import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { ApiError } from '@rce/core/errors.ts';
import type { RestAnswer } from './rest-event.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

export interface StaticSite {
  /** @throws ApiError */
  answer(request: IncomingMessage, path: string): Promise<RestAnswer>;
}

export interface SiteOptions {
  /** Folder of built files. */
  readonly folder: string;
  /** On every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Value of Cache-Control for a path such as `/index.html`. */
  readonly cacheControl: (path: string) => string;
}

/**
 * Serves a folder of built files. They are read at the start: no path in a request reaches the file system, and
 * callers who do not take their answers in have us hold no copies. A path without an extension is one of the page's
 * own: it gets index.html.
 */
export function createStaticSite({ folder, headers, cacheControl }: SiteOptions): StaticSite {
  const files = new Map(
    listFiles(folder).map((path) => [`/${relative(folder, path).split(sep).join('/')}`, readFileSync(path)]),
  );
  // Names in one case: else a header that the host sends as well would be there twice.
  const common = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return {
    async answer(request, path) {
      if (path.startsWith('/api/') || path.startsWith('/analysis/')) {
        throw new ApiError('not-found', `There is nothing at ${path.slice(0, 200)}.`);
      }
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        throw new ApiError('method-not-allowed', 'Files can only be read.', {
          headers: { allow: 'GET, HEAD' },
        });
      }
      const name = files.has(path) ? path : extname(path) === '' ? '/index.html' : undefined;
      if (name === undefined) throw new ApiError('not-found', `There is nothing at ${path.slice(0, 200)}.`);
      return {
        status: 200,
        headers: {
          ...common,
          'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
          'cache-control': cacheControl(name),
        },
        body: files.get(name) ?? Buffer.from(NO_PAGE),
      };
    },
  };
}

function listFiles(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const NO_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>RCE Engine</title>
<h1>RCE Engine</h1>
<p>The engine runs, but its page has not been built. Build it with <code>npm run build:web</code> and start again.</p>
<p>The API is there: see <a href="/api/openapi.json">/api/openapi.json</a>,
<a href="/api/languages">/api/languages</a> and <a href="/api/health">/api/health</a>.</p>
</html>
`;
