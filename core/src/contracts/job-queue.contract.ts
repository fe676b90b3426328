import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JobQueue, Message } from '../ports/job-queue.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** What every job queue must do. `open` gives an empty one. */
export function describeJobQueue(name: string, open: () => Promise<JobQueue>): void {
  describe(`${name} is a job queue`, () => {
    let queue: JobQueue;
    beforeEach(async () => {
      queue = await open();
    });

    async function receiveOne(): Promise<Message> {
      const [message] = await queue.receive(1, 5_000);
      if (!message) throw new Error('no message came');
      return message;
    }

    it('delivers what was sent, with the trace it belongs to', async () => {
      const jobId = randomUUID();
      await queue.send(jobId, TRACEPARENT);
      expect(await receiveOne()).toMatchObject({ jobId, traceparent: TRACEPARENT, receiveCount: 1 });
    });

    it('wakes a receiver that waits', async () => {
      const waiting = queue.receive(1, 10_000);
      const jobId = randomUUID();
      await queue.send(jobId);
      expect(await waiting).toMatchObject([{ jobId }]);
    });

    it('takes no more than asked for', async () => {
      await Promise.all([queue.send('a'), queue.send('b'), queue.send('c')]);
      const first = await queue.receive(2, 1_000);
      expect(first.length).toBeLessThanOrEqual(2);
      expect(first.length).toBeGreaterThan(0);
    });

    it('comes back with nothing when nothing is there', async () => {
      expect(await queue.receive(1, 0)).toEqual([]);
    });

    it('ends a wait when it is aborted', async () => {
      const abort = new AbortController();
      const waiting = queue.receive(1, 20_000, abort.signal);
      abort.abort();
      expect(await waiting).toEqual([]);
    });

    it('loses no message to a wait that was aborted before', async () => {
      const abort = new AbortController();
      const waiting = queue.receive(1, 20_000, abort.signal);
      abort.abort();
      await waiting;
      const jobId = randomUUID();
      await queue.send(jobId);
      expect(await receiveOne()).toMatchObject({ jobId });
    });

    it('hides a received message from others', async () => {
      await queue.send(randomUUID());
      await receiveOne();
      expect(await queue.receive(1, 0)).toEqual([]);
    });

    it('delivers a message again once it is given back, and counts the deliveries', async () => {
      const jobId = randomUUID();
      await queue.send(jobId);
      const { receipt } = await receiveOne();
      await queue.extend(receipt, 0);
      expect(await receiveOne()).toMatchObject({ jobId, receiveCount: 2 });
    });

    it('never delivers a removed message again', async () => {
      await queue.send(randomUUID());
      const { receipt } = await receiveOne();
      await queue.remove(receipt);
      await queue.extend(receipt, 0).catch(() => undefined);
      expect(await queue.receive(1, 0)).toEqual([]);
      expect(await queue.depth()).toEqual({ waiting: 0, inFlight: 0 });
    });

    it('tells its depth', async () => {
      await Promise.all([queue.send('a'), queue.send('b'), queue.send('c')]);
      await queue.receive(1, 1_000);
      expect(await queue.depth()).toEqual({ waiting: 2, inFlight: 1 });
    });
  });
}
