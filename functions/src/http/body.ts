import { ApiError, fieldErrors } from '@rce/core/errors.ts';
import { parseJson } from '@rce/core/json.ts';
import { SUBMISSION_LIMITS } from '@rce/core/limits.ts';
import type { z } from 'zod';
import type { HttpRequest } from './request.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The JSON body of a request, checked against a schema.
 * @throws ApiError unsupported-media-type, payload-too-large, invalid-json or invalid-input
 */
export function readBody<Schema extends z.ZodType>(request: HttpRequest, schema: Schema): z.output<Schema> {
  requireJson(request.header('content-type'));
  const result = parseJson(readText(request.body), SUBMISSION_LIMITS.jsonDepth);
  if ('syntax' in result) throw new ApiError('invalid-json', `${result.syntax}.`);
  if ('errors' in result) throw invalid(result.errors);
  const parsed = schema.safeParse(result.value);
  if (!parsed.success) throw invalid(fieldErrors(parsed.error));
  return parsed.data;
}

function invalid(errors: readonly { path: string; message: string }[]): ApiError {
  return new ApiError('invalid-input', `The body has ${errors.length === 1 ? 'a mistake' : 'mistakes'}.`, {
    errors,
  });
}

/** A page of another origin cannot send this type without asking first, which spares us its forged requests. */
function requireJson(contentType: string | undefined): void {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (type === 'application/json' && (!charset || /^charset="?utf-?8"?$/.test(charset))) return;
  const found = contentType === undefined ? 'has no Content-Type' : `came as ${contentType.slice(0, 100)}`;
  throw new ApiError('unsupported-media-type', `The body ${found}.`);
}

function readText(body: Uint8Array | undefined): string {
  if (body === undefined || body.length === 0) throw new ApiError('invalid-json', 'There is no body.');
  const { bodyBytes } = SUBMISSION_LIMITS;
  if (body.length > bodyBytes) {
    throw new ApiError('payload-too-large', `The body has ${body.length} bytes; ${bodyBytes} are allowed.`);
  }
  try {
    return utf8.decode(body);
  } catch {
    throw new ApiError('invalid-json', 'The body is not UTF-8.');
  }
}
