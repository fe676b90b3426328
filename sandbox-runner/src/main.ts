import { createFunctionClient, createQueueClient, createTableClient } from '@rce/aws/clients.ts';
import { createJobQueue } from '@rce/aws/job-queue.ts';
import { DynamoJobStore } from '@rce/aws/job-store.ts';
import { createLambdaAnalyzer } from '@rce/aws/lambda-analyzer.ts';
import { createRunnerRegistry } from '@rce/aws/runner-registry.ts';
import { systemClock } from '@rce/core/clock.ts';
import { SandboxError } from '@rce/core/ports/sandbox.ts';
import { SettingsError } from '@rce/core/settings.ts';
import { wantsTraces } from '@rce/core/trace-context.ts';
import { createLog } from '@rce/observability/log.ts';
import { Metrics } from '@rce/observability/metrics.ts';
import { createTracing } from '@rce/observability/tracing.ts';
import { startSandbox } from './choose-sandbox.ts';
import { countDockerCalls, countDockerEvents } from './docker-metrics.ts';
import { tellLater } from './events.ts';
import { serveEndpoints } from './http-server.ts';
import { logEvents } from './log-events.ts';
import { runUntil } from './runner.ts';
import { countEvents, declareJobs, RUNNER_METRICS } from './runner-metrics.ts';
import { readRunnerSettings } from './settings.ts';
import { watchQueues } from './watch-queue.ts';

/** The composition root: the only place that knows which implementation stands behind which port. */
async function main(): Promise<void> {
  const settings = readRunnerSettings(process.env);
  const log = createLog('runner', settings.RCE_LOG_LEVEL);
  const metrics = new Metrics(RUNNER_METRICS);
  const tracing = createTracing(wantsTraces(settings), {
    service: 'runner',
    onError: (error) => log.warn({ err: error }, 'traces cannot be delivered'),
  });
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());

  let ready = false;
  const server = await serveEndpoints(settings.RCE_METRICS_HOST, settings.RCE_METRICS_PORT, log, {
    metrics: () => metrics.registry.metrics(),
    metricsContentType: metrics.registry.contentType,
    ready: () => ready && !stop.signal.aborted,
  });
  const sandbox = await startSandbox(settings, log, countDockerEvents(metrics), countDockerCalls(metrics));
  log.info({ driver: sandbox.driver, slots: settings.RCE_SLOTS }, 'the sandbox is ready');
  declareJobs(metrics, sandbox.driver);
  ready = true;

  const table = createTableClient();
  const sqs = createQueueClient();
  const store = new DynamoJobStore(table, settings.RCE_JOBS_TABLE);
  const queue = createJobQueue(sqs, settings.RCE_JOBS_QUEUE_URL);
  const deadLetters = createJobQueue(sqs, settings.RCE_DEAD_LETTER_QUEUE_URL);
  const watching = watchQueues({ queue, deadLetters, store }, metrics, systemClock, stop.signal);
  await runUntil(stop.signal, {
    runnerId: settings.RCE_RUNNER_ID,
    store,
    queue,
    registry: createRunnerRegistry(table, settings.RCE_JOBS_TABLE),
    analyzer: createLambdaAnalyzer(createFunctionClient(), settings.RCE_ANALYZE_FUNCTION),
    sandbox,
    clock: systemClock,
    tracing,
    emit: tellLater([countEvents(metrics, sandbox.driver), logEvents(log)]),
    slots: settings.RCE_SLOTS,
    drainMs: settings.RCE_DRAIN_SECONDS * 1_000,
  });
  await watching;
  await sandbox.close();
  await tracing.close();
  server?.close();
  log.info('the runner has ended');
}

main().then(
  // Clients keep sockets open for a while; nothing more is to come over them.
  () => process.exit(0),
  (error: unknown) => {
    const advice = error instanceof SettingsError || error instanceof SandboxError;
    console.error(advice ? error.message : error);
    process.exit(1);
  },
);
