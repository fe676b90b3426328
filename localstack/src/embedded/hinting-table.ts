import { changedJob } from '@rce/aws/changed-job.ts';
import type { JobHint } from '@rce/functions/job-hints.ts';
import type { ServeTable } from './table-server.ts';

const UPDATE = 'DynamoDB_20120810.UpdateItem';

/**
 * The table, telling of each change of a job once that has been written. Functions run in this process, so
 * those that wait for the job need not find out by asking: every question costs about 5 ms of processor time.
 */
export function hintingTable(serve: ServeTable, hint: (hint: JobHint) => void): ServeTable {
  return (body, headers, response) => {
    if (headers['x-amz-target'] === UPDATE) {
      response.once('finish', () => {
        const changed = response.statusCode === 200 ? changedJob(body.toString()) : undefined;
        if (changed) hint(changed);
      });
    }
    serve(body, headers, response);
  };
}
