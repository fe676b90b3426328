import { beforeEach, describe, expect, it } from '@jest/globals';
import { LanguageView } from '@rce/core/language.ts';
import { DELIVERY } from '@rce/core/limits.ts';
import type { RunnerAnnouncement } from '@rce/core/ports/job-store.ts';
import { EngineStats } from '@rce/core/stats.ts';
import { LANGUAGES } from '@rce/languages/catalog.ts';
import { call, type Parts, useCloud } from '../../test/api.ts';
import { Health } from '../health.ts';
import { createHandler as createHealth } from './health.ts';
import { createHandler as createLanguages } from './languages.ts';
import { createHandler as createOpenapi } from './openapi.ts';
import { createHandler as createStats } from './stats.ts';

const openParts = useCloud();
let parts: Parts;
beforeEach(async () => {
  parts = await openParts();
});

function announce(runner: Partial<RunnerAnnouncement> = {}) {
  return parts.runners.announce(
    {
      runnerId: 'r1',
      driver: 'wasm',
      languages: [
        { id: 'python', available: true, version: '3.11.3' },
        { id: 'c', available: false, version: null, reason: 'There is no compiler.' },
      ],
      slots: 2,
      busy: 1,
      seenAt: Date.now(),
      samples: [],
      ...runner,
    },
    DELIVERY.runnerTtlMs,
  );
}

describe('GET /api/languages', () => {
  async function languages(): Promise<LanguageView[]> {
    const { body } = await call(createLanguages(parts), {});
    return LanguageView.array().parse(body.languages);
  }
  const python = async () => (await languages()).find(({ id }) => id === 'python');

  it('lists every language with its example', async () => {
    const all = await languages();
    expect(all.map(({ id }) => id)).toEqual(LANGUAGES.map(({ id }) => id));
    expect(all.every(({ example }) => example.length > 0)).toBe(true);
  });

  it('says which can be run, by which sandbox, and why not', async () => {
    expect(await python()).toMatchObject({
      available: false,
      unavailable: 'No runner is alive.',
      driver: null,
    });
    await announce();
    expect(await python()).toMatchObject({ available: true, version: '3.11.3', driver: 'wasm' });
    const c = (await languages()).find(({ id }) => id === 'c');
    expect(c).toMatchObject({ available: false, unavailable: 'There is no compiler.' });
  });

  it('believes the runner that can run it, and none that has fallen silent', async () => {
    await announce({ runnerId: 'silent', seenAt: Date.now() - DELIVERY.runnerTtlMs - 1_000 });
    expect((await python())?.available).toBe(false);
    await announce({ runnerId: 'a', languages: [{ id: 'python', available: false, version: null }] });
    await announce({
      runnerId: 'b',
      driver: 'docker',
      languages: [{ id: 'python', available: true, version: '3.13.0' }],
    });
    expect(await python()).toMatchObject({ available: true, driver: 'docker', version: '3.13.0' });
  });
});

describe('GET /api/health', () => {
  const health = async (deps: Partial<Parts> = {}) => {
    const { statusCode, body } = await call(createHealth({ ...parts, ...deps }), {});
    return { statusCode, health: Health.parse(body) };
  };

  it('is 200 while jobs are taken and run, with the state of each part', async () => {
    await announce();
    await parts.queue.send('a');
    await parts.deadLetters.send('b');
    expect(await health()).toEqual({
      statusCode: 200,
      health: {
        status: 'ok',
        checks: {
          table: { status: 'ok' },
          queue: { status: 'ok', waiting: 1, inFlight: 0, oldestMs: null },
          runners: { status: 'ok', alive: 1, slots: 2, busy: 1, drivers: ['wasm'] },
          deadLetters: { status: 'ok', waiting: 1 },
        },
      },
    });
  });

  it('is 503 without a runner', async () => {
    const answer = await health();
    expect(answer.statusCode).toBe(503);
    expect(answer.health).toMatchObject({
      status: 'failing',
      checks: { runners: { status: 'failing', alive: 0 } },
    });
  });

  it('is 503 when table or queue fail, without showing what they said', async () => {
    await announce();
    const fails = { depth: () => Promise.reject(new Error('10.0.0.1 refused')) } as unknown as Parts['queue'];
    const answer = await health({ queue: fails });
    expect(answer.statusCode).toBe(503);
    expect(answer.health.checks.queue.status).toBe('failing');
    expect(JSON.stringify(answer)).not.toContain('10.0.0.1');
  });

  it('does not wait for a part that hangs', async () => {
    await announce();
    const hangs = { depth: () => new Promise(() => {}) } as unknown as Parts['queue'];
    const clock = { now: () => Date.now(), sleep: async () => undefined };
    const answer = await health({ queue: hangs, clock });
    expect(answer.health.checks.queue).toMatchObject({
      status: 'failing',
      error: expect.stringContaining('3 s'),
    });
  });

  it('is 200 though the dead-letter queue does not answer: jobs run', async () => {
    await announce();
    const fails = { depth: () => Promise.reject(new Error('x')) } as unknown as Parts['queue'];
    const answer = await health({ deadLetters: fails });
    expect(answer.statusCode).toBe(200);
    expect(answer.health.checks.deadLetters.status).toBe('failing');
  });
});

describe('GET /api/stats', () => {
  it('shows queue and runners', async () => {
    const sample = { at: Date.now(), verdicts: { ok: 3 }, p50: 20, p95: 40, busy: 1, pool: 2 };
    await announce({ samples: [sample] });
    await parts.queue.send('a');
    const { body } = await call(createStats(parts), {});
    expect(EngineStats.parse(body)).toMatchObject({
      queue: { waiting: 1, inFlight: 0, oldestSeconds: 0 },
      runners: [{ runnerId: 'r1', slots: 2, samples: [sample] }],
    });
  });
});

describe('GET /api/openapi.json', () => {
  it('shows the limits of this engine', async () => {
    const { body } = await call(createOpenapi({ ...parts, max: { ...parts.max, wallTimeMs: 777 } }), {});
    expect(body.openapi).toBe('3.1.0');
    expect(body.components.schemas.Submission.properties.limits.properties.wallTimeMs.maximum).toBe(777);
  });

  it('refers to nothing that is not there', async () => {
    const { body } = await call(createOpenapi(parts), {});
    const references = JSON.stringify(body).match(/#\/components\/schemas\/\w+/g) ?? [];
    const known = Object.keys(body.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(references.filter((reference) => !known.includes(reference))).toEqual([]);
    expect(references.length).toBeGreaterThan(20);
  });
});
