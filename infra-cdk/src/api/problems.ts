import { ApiError, ERRORS, type ErrorCode, toProblem } from '@rce/core/errors.ts';
import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

/** What API Gateway refuses by itself, before a function is asked, and the error of ours that it is. */
const REFUSALS = [
  // A path that has no route is "missing authentication token" to API Gateway.
  [ResponseType.MISSING_AUTHENTICATION_TOKEN, 'not-found'],
  [ResponseType.RESOURCE_NOT_FOUND, 'not-found'],
  [ResponseType.BAD_REQUEST_BODY, 'invalid-input'],
  [ResponseType.BAD_REQUEST_PARAMETERS, 'invalid-input'],
  [ResponseType.REQUEST_TOO_LARGE, 'payload-too-large'],
  [ResponseType.UNSUPPORTED_MEDIA_TYPE, 'unsupported-media-type'],
  [ResponseType.INVALID_API_KEY, 'unauthorized'],
  [ResponseType.ACCESS_DENIED, 'unauthorized'],
  [ResponseType.WAF_FILTERED, 'unauthorized'],
  [ResponseType.THROTTLED, 'rate-limited'],
  [ResponseType.QUOTA_EXCEEDED, 'rate-limited'],
  [ResponseType.INTEGRATION_TIMEOUT, 'timeout'],
  [ResponseType.INTEGRATION_FAILURE, 'unavailable'],
  [ResponseType.DEFAULT_5XX, 'internal'],
] as const satisfies readonly (readonly [ResponseType, ErrorCode])[];

/** Seconds after which a caller may try again, for the errors that pass. */
const RETRY_AFTER: { readonly [code in ErrorCode]?: number } = {
  'rate-limited': 1,
  unavailable: 5,
  timeout: 5,
};

/** problem+json with the words of the one error table. */
export function problemTemplate(code: ErrorCode): string {
  return JSON.stringify(toProblem(new ApiError(code, ''), '$context.requestId'));
}

export function answerWithProblems(api: RestApi): void {
  for (const [type, code] of REFUSALS) {
    const seconds = RETRY_AFTER[code];
    api.addGatewayResponse(`Problem${type.responseType}`, {
      type,
      statusCode: String(ERRORS[code].status),
      templates: { 'application/problem+json': problemTemplate(code) },
      responseHeaders: {
        'Cache-Control': "'no-store'",
        ...(seconds === undefined ? {} : { 'Retry-After': `'${seconds}'` }),
      },
    });
  }
}
