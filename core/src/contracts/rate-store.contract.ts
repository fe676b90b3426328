import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RateStore } from '../ports/job-store.ts';
import { NOW } from './samples.ts';

const MINUTE = 60_000;

/** What every rate store must do. `open` gives an empty one. */
export function describeRateStore(name: string, open: () => Promise<RateStore>): void {
  describe(`${name} is a rate store`, () => {
    let store: RateStore;
    beforeEach(async () => {
      store = await open();
    });

    it('counts per caller and window', async () => {
      expect(await store.hit('ann', NOW, MINUTE)).toBe(1);
      expect(await store.hit('ann', NOW, MINUTE)).toBe(2);
      expect(await store.hit('bob', NOW, MINUTE)).toBe(1);
      expect(await store.hit('ann', NOW + MINUTE, MINUTE)).toBe(1);
    });

    it('loses none of many hits at once', async () => {
      const counts = await Promise.all(Array.from({ length: 20 }, () => store.hit('ann', NOW, MINUTE)));
      expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    });
  });
}
