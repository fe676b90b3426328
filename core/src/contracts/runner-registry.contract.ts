import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunnerAnnouncement, RunnerRegistry } from '../ports/job-store.ts';
import { NOW } from './samples.ts';

const TTL = 20_000;

function announcement(runnerId: string, seenAt: number): RunnerAnnouncement {
  return {
    runnerId,
    driver: 'wasm',
    languages: [
      { id: 'python', available: true, version: '3.11.3' },
      { id: 'c', available: false, version: null, reason: 'There is no compiler.' },
    ],
    slots: 2,
    busy: 1,
    seenAt,
    samples: [
      { at: seenAt, verdicts: { ok: 3, 'runtime-error': 1 }, p50: 12.5, p95: null, busy: 1, pool: 4 },
    ],
  };
}

/** What every runner registry must do. `open` gives an empty one. */
export function describeRunnerRegistry(name: string, open: () => Promise<RunnerRegistry>): void {
  describe(`${name} is a runner registry`, () => {
    let registry: RunnerRegistry;
    beforeEach(async () => {
      registry = await open();
    });

    it('lists the runners seen since, as they announced themselves last', async () => {
      await registry.announce(announcement('gone', NOW - TTL - 1), TTL);
      await registry.announce(announcement('alive', NOW - 9_000), TTL);
      await registry.announce({ ...announcement('alive', NOW), busy: 2 }, TTL);
      expect(await registry.alive(NOW - TTL)).toEqual([{ ...announcement('alive', NOW), busy: 2 }]);
    });

    it('forgets a runner that withdraws', async () => {
      await registry.announce(announcement('a', NOW), TTL);
      await registry.announce(announcement('b', NOW), TTL);
      await registry.withdraw('a');
      expect((await registry.alive(NOW)).map(({ runnerId }) => runnerId)).toEqual(['b']);
    });

    it('knows no runner at first', async () => {
      expect(await registry.alive(0)).toEqual([]);
    });
  });
}
