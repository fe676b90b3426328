import { z } from 'zod';

/**
 * Settings that functions and runner share, as shapes from which each program takes what it needs.
 * Endpoints are not among them: the SDK reads AWS_ENDPOINT_URL, and AWS_ENDPOINT_URL_<SERVICE>, by itself.
 */
export const AWS_SETTINGS = {
  AWS_REGION: z.string().describe('region of the table and the queues, for example eu-west-1'),
};

export const TABLE_SETTINGS = {
  ...AWS_SETTINGS,
  RCE_JOBS_TABLE: z.string().describe('name of the DynamoDB table of jobs'),
};

export const QUEUE_SETTINGS = {
  ...AWS_SETTINGS,
  RCE_JOBS_QUEUE_URL: z.url().describe('URL of the SQS queue of jobs'),
};

export const DEAD_LETTER_QUEUE_SETTINGS = {
  ...AWS_SETTINGS,
  RCE_DEAD_LETTER_QUEUE_URL: z.url().describe('URL of the SQS queue of messages that failed too often'),
};

export const ANALYZER_SETTINGS = {
  ...AWS_SETTINGS,
  RCE_ANALYZE_FUNCTION: z.string().describe('name of the Lambda function that analyses programs'),
};
