import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiError, ERRORS, type ErrorCode, toProblem } from '@rce/core/errors.ts';
import { SUBMISSION_LIMITS } from '@rce/core/limits.ts';
import { cacheControl, IMMUTABLE_PREFIX, PAGE_ROUTES, SECURITY_HEADERS } from '@rce/web/security-headers.ts';

/**
 * Writes the parts of nginx's configuration that other tables of the project decide:
 *   node nginx/render.ts DIR
 */

/** What nginx refuses by itself, and the error of ours that it is. */
const REFUSALS: readonly (readonly [status: number, code: ErrorCode])[] = [
  [400, 'invalid-input'],
  [408, 'timeout'],
  [413, 'payload-too-large'],
  [414, 'payload-too-large'],
  [429, 'rate-limited'],
  [500, 'internal'],
  [502, 'unavailable'],
  [503, 'unavailable'],
  [504, 'timeout'],
];
const RETRY_AFTER_SECONDS = { 'rate-limited': 2, unavailable: 5, timeout: 5 } as const satisfies {
  readonly [code in ErrorCode]?: number;
};

const quote = (text: string) => `"${text.replaceAll(/["\\]/g, (found) => `\\${found}`)}"`;
const header = (name: string, value: string) => `add_header ${name} ${quote(value)} always;`;
const headers = Object.entries(SECURITY_HEADERS).map(([name, value]) => header(name, value));

/** nginx sends headers of the outer level only where the inner level adds none: each level repeats them. */
function location(match: string, ...lines: string[]): string {
  return `location ${match} {\n${[...headers, ...lines].map((line) => `  ${line}`).join('\n')}\n}\n`;
}

function problems(): string {
  return REFUSALS.map(([status, code]) => {
    const body = JSON.stringify(toProblem(new ApiError(code, ''), 'INSTANCE')).replace(
      'INSTANCE',
      '$request_id',
    );
    const seconds =
      code in RETRY_AFTER_SECONDS ? RETRY_AFTER_SECONDS[code as keyof typeof RETRY_AFTER_SECONDS] : 0;
    return [
      `error_page ${status} =${ERRORS[code].status} @problem-${status};`,
      location(
        `@problem-${status}`,
        'default_type application/problem+json;',
        ...(seconds > 0 ? [header('Retry-After', String(seconds))] : []),
        header('Cache-Control', 'no-store'),
        `return ${ERRORS[code].status} ${quote(body)};`,
      ),
    ].join('\n');
  }).join('\n');
}

function page(): string {
  const html = ['try_files /index.html =404;', header('Cache-Control', cacheControl('/'))];
  const routes = PAGE_ROUTES.map((route) =>
    location(route.endsWith('*') ? route.slice(0, -1) : `= ${route}`, ...html),
  );
  return [
    ...routes,
    location(
      IMMUTABLE_PREFIX,
      header('Cache-Control', cacheControl(`${IMMUTABLE_PREFIX}x`)),
      'try_files $uri =404;',
    ),
    ...(PAGE_ROUTES.some((route) => String(route) === '/*')
      ? []
      : [location('/', header('Cache-Control', cacheControl('/icon.svg')), 'try_files $uri =404;')]),
  ].join('\n');
}

const dir = process.argv[2];
if (!dir) throw new Error('usage: node nginx/render.ts DIR');
mkdirSync(dir, { recursive: true });
const files = {
  'headers.conf': headers.join('\n'),
  'problems.conf': problems(),
  'page.conf': page(),
  'body-size.conf': `client_max_body_size ${SUBMISSION_LIMITS.bodyBytes};`,
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), `${text}\n`);
