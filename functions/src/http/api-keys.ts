import { createHash, timingSafeEqual } from 'node:crypto';
import { ApiError } from '@rce/core/errors.ts';
import type { HttpRequest } from './request.ts';

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Checks X-Api-Key. Returns a name for whoever sent it, which tells callers apart without being the key;
 * undefined where the operator has set no keys.
 * @throws ApiError unauthorized
 */
export function createApiKeyCheck(keys: readonly string[]): (request: HttpRequest) => string | undefined {
  const known = keys.map(digest);
  return (request) => {
    if (known.length === 0) return undefined;
    const sent = digest(request.header('x-api-key') ?? '');
    // All are compared, in constant time: the answer's delay tells nothing of a key.
    const matches = known.filter((key) => timingSafeEqual(key, sent));
    if (matches.length === 0) {
      const found = request.header('x-api-key') === undefined ? 'is missing' : 'is not one of this engine';
      throw new ApiError('unauthorized', `The X-Api-Key header ${found}.`);
    }
    return sent.toString('hex').slice(0, 16);
  };
}
