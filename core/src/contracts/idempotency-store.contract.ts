import { beforeEach, describe, expect, it } from '@jest/globals';
import type { IdempotencyStore } from '../ports/job-store.ts';
import { HOUR, NOW } from './samples.ts';

/** A store whose own clock, by which keys expire, the suite moves. */
export interface IdempotencyStoreUnderTest {
  readonly store: IdempotencyStore;
  setClock(now: number): void;
}

/** What every idempotency store must do. `open` gives an empty one. */
export function describeIdempotencyStore(name: string, open: () => Promise<IdempotencyStoreUnderTest>): void {
  describe(`${name} is an idempotency store`, () => {
    let store: IdempotencyStore;
    let setClock: (now: number) => void;
    beforeEach(async () => {
      const opened = await open();
      store = opened.store;
      setClock = (now) => opened.setClock(now);
      setClock(NOW);
    });

    it('binds a key to the first job, and tells every later caller which', async () => {
      const first = { jobId: 'job-1', fingerprint: 'f1' };
      expect(await store.bind('key', 'job-1', 'f1', NOW + HOUR)).toEqual(first);
      expect(await store.bind('key', 'job-2', 'f2', NOW + HOUR)).toEqual(first);
      expect(await store.bind('other', 'job-2', 'f2', NOW + HOUR)).toEqual({
        jobId: 'job-2',
        fingerprint: 'f2',
      });
    });

    it('lets one of many at once win', async () => {
      const jobs = Array.from({ length: 10 }, (_, index) => `job-${index}`);
      const bound = await Promise.all(jobs.map((job) => store.bind('key', job, 'f', NOW + HOUR)));
      expect(new Set(bound.map(({ jobId }) => jobId)).size).toBe(1);
    });

    it('frees the key when it expires', async () => {
      await store.bind('key', 'job-1', 'f1', NOW + HOUR);
      setClock(NOW + HOUR);
      expect(await store.bind('key', 'job-2', 'f2', NOW + 2 * HOUR)).toEqual({
        jobId: 'job-2',
        fingerprint: 'f2',
      });
    });
  });
}
