import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type Pooled, type PoolOptions, WarmPool } from './pool.ts';

/** A thing that counts its kind. */
class Item implements Pooled {
  readonly key: string;
  readonly closed: Promise<void>;
  isDestroyed = false;
  #close: () => void = () => {};

  constructor(key: string) {
    this.key = key;
    this.closed = new Promise((resolve) => {
      this.#close = resolve;
    });
  }

  die(): void {
    this.#close();
  }

  async destroy(): Promise<void> {
    this.isDestroyed = true;
    this.#close();
  }
}

/** A pool whose items are made when the test says so. */
function poolOf(options: Partial<PoolOptions<Item>> = {}) {
  const made: Item[] = [];
  const pending: { finish(): Item; fail(error: Error): void }[] = [];
  const pool = new WarmPool<Item>({
    create: (key) =>
      new Promise((resolve, reject) => {
        pending.push({
          finish() {
            const item = new Item(key);
            made.push(item);
            resolve(item);
            return item;
          },
          fail: reject,
        });
      }),
    base: () => 2,
    maxPerKey: 4,
    maxTotal: 10,
    refills: 2,
    maxAgeMs: 60_000,
    ...options,
  });
  /** Finishes all that is being made, and what that leads to, up to `limit`. */
  const settle = async (limit = 50) => {
    for (let n = 0; n < limit && pending.length > 0; n++) {
      pending.shift()?.finish();
      await jest.advanceTimersByTimeAsync(0);
    }
  };
  return { pool, made, pending, settle };
}

describe('a pool of things that wait', () => {
  jest.useFakeTimers();
  afterEach(() => {
    jest.clearAllTimers();
  });

  it('makes the base of each key before anyone asks, a few at a time', async () => {
    const { pool, made, pending, settle } = poolOf();
    pool.start(['a', 'b']);
    expect(pending).toHaveLength(2);
    await settle();
    expect(pool.level()).toEqual({ waiting: 4, wanted: 4 });
    expect(made.map((item) => item.key).toSorted()).toEqual(['a', 'a', 'b', 'b']);
  });

  it('gives the one that has waited longest, once', async () => {
    const { pool, made, settle } = poolOf();
    pool.start(['a']);
    await settle();
    expect(await pool.take('a')).toBe(made[0]);
    expect(await pool.take('a')).toBe(made[1]);
  });

  it('makes another for each that was taken', async () => {
    const { pool, settle } = poolOf();
    pool.start(['a']);
    await settle();
    await pool.take('a');
    await jest.advanceTimersByTimeAsync(1_000);
    await settle();
    expect(pool.level().waiting).toBe(2);
  });

  it('leaves the processors to the jobs while they come, unless few are left', async () => {
    const { pool, pending, settle } = poolOf({ base: () => 4 });
    pool.start(['a']);
    await settle();
    pool.takeReady('a');
    await jest.advanceTimersByTimeAsync(30);
    pool.takeReady('a');
    await jest.advanceTimersByTimeAsync(30);
    expect(pending).toHaveLength(0);
    pool.takeReady('a');
    await jest.advanceTimersByTimeAsync(30);
    expect(pending).toHaveLength(1);
    await settle();
    expect(pool.level().waiting).toBe(2);
    await jest.advanceTimersByTimeAsync(30);
    expect(pending).toHaveLength(1);
    await settle();
    expect(pool.level().waiting).toBe(4);
  });

  it('makes one at once for a taker who finds none, whatever the bound on refills', async () => {
    const { pool, pending, settle } = poolOf({ refills: 1, base: () => 0 });
    const takers = [pool.take('a'), pool.take('a'), pool.take('a')];
    await jest.advanceTimersByTimeAsync(0);
    expect(pending).toHaveLength(3);
    await settle();
    expect(new Set(await Promise.all(takers)).size).toBe(3);
  });

  it('gives a taker the first that becomes ready, though it was begun for the shelf', async () => {
    const { pool, made, pending } = poolOf({ base: () => 1, refills: 1 });
    pool.start(['a']);
    const taken = pool.take('a');
    await jest.advanceTimersByTimeAsync(0);
    pending.shift()?.finish();
    expect(await taken).toBe(made[0]);
  });

  it('tells the taker when it cannot be made, and tries again later for the shelf', async () => {
    const failures: string[] = [];
    const { pool, pending, settle } = poolOf({
      base: () => 1,
      onRefillFailed: (key) => failures.push(key),
    });
    pool.start(['a']);
    pending.shift()?.fail(new Error('no engine'));
    await jest.advanceTimersByTimeAsync(0);
    expect(failures).toEqual(['a']);
    expect(pending).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(3_000);
    await settle();
    expect(pool.level().waiting).toBe(1);

    await pool.take('a');
    const taken = expect(pool.take('a')).rejects.toThrow('no engine');
    await jest.advanceTimersByTimeAsync(0);
    for (const making of pending.splice(0)) making.fail(new Error('no engine'));
    await taken;
  });

  it('replaces one that died while it waited', async () => {
    const { pool, made, settle } = poolOf({ base: () => 1 });
    pool.start(['a']);
    await settle();
    made[0]?.die();
    await jest.advanceTimersByTimeAsync(0);
    expect(made[0]?.isDestroyed).toBe(true);
    await settle();
    expect(await pool.take('a')).toBe(made[1]);
  });

  it('replaces one that has waited too long', async () => {
    const { pool, made, settle } = poolOf({ base: () => 1, maxAgeMs: 5_000 });
    pool.start(['a']);
    await settle();
    await jest.advanceTimersByTimeAsync(7_000);
    expect(made[0]?.isDestroyed).toBe(true);
  });

  it('keeps as many as the last burst took, and fewer again when it has passed', async () => {
    const { pool, settle } = poolOf({ base: () => 1 });
    pool.start(['a']);
    await settle();
    const taken = Promise.all([pool.take('a'), pool.take('a'), pool.take('a'), pool.take('a')]);
    await jest.advanceTimersByTimeAsync(0);
    await settle();
    await taken;
    await jest.advanceTimersByTimeAsync(1_000);
    await settle();
    expect(pool.level().waiting).toBe(4);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(pool.level().waiting).toBe(1);
  });

  it('never keeps more than its bounds', async () => {
    const { pool, made, settle } = poolOf({ base: () => 100, maxPerKey: 4, maxTotal: 6 });
    pool.start(['a', 'b']);
    await settle();
    const count = (key: string) => made.filter((item) => item.key === key).length;
    expect(Math.max(count('a'), count('b'))).toBeLessThanOrEqual(4);
    expect(pool.level().waiting).toBe(6);
  });

  it('throws away all when it closes, what is still being made included', async () => {
    const { pool, made, pending, settle } = poolOf();
    pool.start(['a']);
    await settle(1);
    const closing = pool.close();
    for (const making of pending.splice(0)) making.finish();
    await closing;
    expect(made.length).toBeGreaterThan(1);
    expect(made.every((item) => item.isDestroyed)).toBe(true);
    await expect(pool.take('a')).rejects.toThrow('closed');
  });
});
