import { JOBS_TABLE } from '@rce/aws/jobs-table.ts';
import { ACCESS, type Access } from '@rce/functions/manifest.ts';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { StateStack } from '../state-stack.ts';

type State = Pick<StateStack, 'jobs' | 'queue' | 'deadLetters'>;

/** The IAM statements for what the manifest says a function may do: those actions, on that resource. */
export function statements(access: readonly Access[], state: State): PolicyStatement[] {
  const arns = {
    'jobs-table': state.jobs.tableArn,
    'jobs-table-index': `${state.jobs.tableArn}/index/${JOBS_TABLE.index.name}`,
    'jobs-queue': state.queue.queueArn,
    'dead-letter-queue': state.deadLetters.queueArn,
  };
  return access.map((name) => {
    const { resource, actions } = ACCESS[name];
    return new PolicyStatement({ actions: [...actions], resources: [arns[resource]] });
  });
}
