import { changedJob, jobInAnswer } from '@rce/aws/changed-job.ts';
import type { JobHint } from '@rce/functions/job-hints.ts';
import type { ServeTable } from './table-server.ts';

const UPDATE = 'DynamoDB_20120810.UpdateItem';
/** Characters of an item that is told whole. Larger ones are few, and those who wait read them themselves. */
const MAX_TOLD = 128 * 1024;

/**
 * The table, telling of each change of a job once that has been written. Functions run in this process, so
 * those that wait for the job need not find out by asking: every question costs about 5 ms of processor time.
 * The end of a job is told with all of the job, which the table is asked for with the write.
 */
export function hintingTable(serve: ServeTable, hint: (hint: JobHint) => void): ServeTable {
  return (body, headers, answer) => {
    const changed = headers['x-amz-target'] === UPDATE ? changedJob(body.toString()) : undefined;
    if (!changed) return serve(body, headers, answer);
    const { jobId, ends, tellingAll } = changed;
    serve(tellingAll === undefined ? body : Buffer.from(tellingAll), headers, (written) => {
      if (written.status !== 200) return answer(written);
      // The writer did not ask for the item.
      answer(tellingAll === undefined ? written : { ...written, body: '{}' });
      hint({ jobId, ends, ...(tellingAll === undefined ? {} : told(written.body)) });
    });
  };
}

function told(answer: string): Pick<JobHint, 'job'> {
  if (answer.length > MAX_TOLD) return {};
  try {
    return { job: jobInAnswer(answer) };
  } catch {
    // Whoever reads an item that is none of a job's will say so.
    return {};
  }
}
