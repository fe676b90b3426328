import { settledJob } from '@rce/aws/settled-job.ts';
import type { ServeTable } from './table-server.ts';

const UPDATE = 'DynamoDB_20120810.UpdateItem';

/**
 * The table, telling of each job that is settled once that has been written. Functions run in this process, so
 * those that wait for the job need not find out by asking: every question costs about 5 ms of processor time.
 */
export function hintingTable(serve: ServeTable, hint: (jobId: string) => void): ServeTable {
  return (body, headers, response) => {
    if (headers['x-amz-target'] === UPDATE) {
      response.once('finish', () => {
        const jobId = response.statusCode === 200 ? settledJob(body.toString()) : undefined;
        if (jobId !== undefined) hint(jobId);
      });
    }
    serve(body, headers, response);
  };
}
