/**
 * What the resources are called on an emulator, so that nginx, the runner and tests know them beforehand.
 * In an AWS account CloudFormation chooses the names.
 */
export const FIXED_NAMES = {
  table: 'rce-jobs',
  queue: 'rce-jobs',
  deadLetterQueue: 'rce-dead-letters',
  restApi: 'rce',
  stage: 'v1',
  function: (name: string) => `rce-${name}`,
} as const;

/** The account that LocalStack and those like it pretend to be. */
export const EMULATED_ACCOUNT = '000000000000';

/** The settings of a runner, or of a test, that works with an emulator at this endpoint. */
export function emulatorSettings(endpoint: string, region: string): Record<string, string> {
  const queueUrl = (name: string) => new URL(`/${EMULATED_ACCOUNT}/${name}`, endpoint).href;
  return {
    AWS_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    RCE_JOBS_TABLE: FIXED_NAMES.table,
    RCE_JOBS_QUEUE_URL: queueUrl(FIXED_NAMES.queue),
    RCE_DEAD_LETTER_QUEUE_URL: queueUrl(FIXED_NAMES.deadLetterQueue),
    RCE_ANALYZE_FUNCTION: FIXED_NAMES.function('analyze'),
  };
}

/** Where an emulator serves the REST API; LocalStack and MiniStack know the same path. */
export function emulatedApiUrl(endpoint: string): string {
  return new URL(`/_aws/execute-api/${FIXED_NAMES.restApi}/${FIXED_NAMES.stage}`, endpoint).href;
}
