import { afterAll, beforeAll, describe } from '@jest/globals';
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
import type { LocalCloud } from './local-cloud.ts';

/** Runs every adapter through the contract of its port, on the given cloud. */
export function describeAdapters(where: string, start: () => Promise<LocalCloud>): void {
  describe(where, () => {
    let cloud: LocalCloud;
    beforeAll(async () => {
      cloud = await start();
    }, 60_000);
    afterAll(() => cloud.stop());

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
  });
}

function movableClock() {
  let time = 0;
  const setClock = (now: number): void => {
    time = now;
  };
  return { clock: { ...systemClock, now: () => time }, setClock };
}
