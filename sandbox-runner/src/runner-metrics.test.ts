import { describe, expect, it } from '@jest/globals';
import { sampleJob, sampleReport } from '@rce/core/contracts/samples.ts';
import { emptyResult } from '@rce/core/job.ts';
import { VERDICT_NAMES } from '@rce/core/verdict.ts';
import { Metrics } from '@rce/observability/metrics.ts';
import { countDockerCalls, countDockerEvents } from './docker-metrics.ts';
import { countEvents, declareJobs, RUNNER_METRICS } from './runner-metrics.ts';

describe('the metrics of the runner', () => {
  it('have as many series after 10,000 jobs of 50 made-up languages as after the first', async () => {
    const metrics = new Metrics(RUNNER_METRICS);
    declareJobs(metrics, 'docker');
    const emit = countEvents(metrics, 'docker');
    const onDocker = countDockerEvents(metrics);
    const onCall = countDockerCalls(metrics);
    const count = (index: number) => {
      const language = `invented-${index % 50}`;
      const verdict = VERDICT_NAMES[index % VERDICT_NAMES.length] ?? 'ok';
      const added = sampleJob({}, { language, code: `print(${index})` });
      const job = { ...added, status: 'processing', attempts: 1 } as const;
      const sandbox = { driver: 'docker', runtime: `Runtime ${index}` } as const;
      const result = { ...emptyResult(verdict, sandbox), cpuTimeMs: index, memoryBytes: index };
      emit({ type: 'job-claimed', job, queueWaitMs: index });
      emit({ type: 'analysis-finished', job, report: sampleReport({ language }), durationMs: index });
      emit({ type: 'job-finished', job, result, executionMs: 1, resultWriteMs: 1, endToEndMs: index });
      emit({ type: 'job-retried', job, error: new Error(`error ${index}`) });
      onDocker({ type: 'sandbox-taken', language, waitMs: index, warm: index % 2 === 0 });
      onCall({ operation: 'create', durationMs: index, failed: index % 2 === 0 });
    };
    const series = async () =>
      (await metrics.registry.metrics()).split('\n').filter((line) => /^(?:rce|http)_/.test(line)).length;

    // Every verdict, and either kind of start, once.
    for (let index = 0; index < 2 * VERDICT_NAMES.length; index++) count(index);
    const before = await series();
    for (let index = 0; index < 10_000; index++) count(index);
    expect(await series()).toBe(before);
    expect(await metrics.registry.metrics()).not.toContain('invented');
  });
});
