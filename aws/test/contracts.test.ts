import { afterAll, beforeAll } from '@jest/globals';
import { systemClock } from '@rce/core/clock.ts';
import { describeIdempotencyStore } from '@rce/core/contracts/idempotency-store.contract.ts';
import { describeJobQueue } from '@rce/core/contracts/job-queue.contract.ts';
import { describeJobStore } from '@rce/core/contracts/job-store.contract.ts';
import { describeRateStore } from '@rce/core/contracts/rate-store.contract.ts';
import { describeRunnerRegistry } from '@rce/core/contracts/runner-registry.contract.ts';
import { createIdempotencyStore } from '../src/idempotency-store.ts';
import { createJobQueue } from '../src/job-queue.ts';
import { DynamoJobStore } from '../src/job-store.ts';
import { createRateStore } from '../src/rate-store.ts';
import { createRunnerRegistry } from '../src/runner-registry.ts';
import { type LocalCloud, startLocalCloud } from './local-cloud.ts';

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud();
});
afterAll(() => cloud.stop());

function movableClock() {
  let time = 0;
  const setClock = (now: number): void => {
    time = now;
  };
  return { clock: { ...systemClock, now: () => time }, setClock };
}

describeJobStore('the DynamoDB job store', async () => {
  const { clock, setClock } = movableClock();
  return { store: new DynamoJobStore(cloud.table, await cloud.createTable(), clock), setClock };
});

describeIdempotencyStore('the DynamoDB idempotency store', async () => {
  const { clock, setClock } = movableClock();
  return { store: createIdempotencyStore(cloud.table, await cloud.createTable(), clock), setClock };
});

describeRateStore('the DynamoDB rate store', async () =>
  createRateStore(cloud.table, await cloud.createTable()),
);

describeRunnerRegistry('the DynamoDB runner registry', async () =>
  createRunnerRegistry(cloud.table, await cloud.createTable()),
);

describeJobQueue('the SQS job queue', async () => createJobQueue(cloud.queue, await cloud.createQueue()));
