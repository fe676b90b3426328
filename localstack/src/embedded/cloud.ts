import { accessSync, constants, mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createQueueClient, createTableClient } from '@rce/aws/clients.ts';
import { createRunnerRegistry } from '@rce/aws/runner-registry.ts';
import { DELIVERY } from '@rce/core/limits.ts';
import { jobHinter } from '@rce/functions/job-hints.ts';
import {
  FUNCTION_NAMES,
  FUNCTIONS,
  type FunctionDefinition,
  type FunctionName,
  ROUTES,
} from '@rce/functions/manifest.ts';
import { createLog } from '@rce/observability/log.ts';
import { cacheControl, SECURITY_HEADERS } from '@rce/web/security-headers.ts';
import { createAwsEndpoint } from './aws-endpoint.ts';
import { createFunctions, type Functions } from './function-host.ts';
import { functionSpecs } from './function-specs.ts';
import { hintingTable } from './hinting-table.ts';
import { createHostMetrics } from './host-metrics.ts';
import { openQueues } from './queue-server.ts';
import { runQueueTrigger } from './queue-trigger.ts';
import { createResources, resourcesOf } from './resources.ts';
import { createRestApi } from './rest-api.ts';
import { every } from './schedule.ts';
import { type CloudSettings, readCloudSettings } from './settings.ts';
import { errorCode, StartError } from './start-error.ts';
import { createStaticSite } from './static-site.ts';
import { sweep } from './sweeper.ts';
import { openTables } from './table-server.ts';

/** The cloud's process: queues, table, functions, the API and the page. */

export interface CloudReady {
  readonly kind: 'ready';
  /** Where users reach the API and the page. */
  readonly url: string;
  /** AWS_ENDPOINT_URL of the runner. */
  readonly awsEndpoint: string;
  readonly jobsQueueUrl: string;
  readonly deadLetterQueueUrl: string;
}

/** A machine that is busy starting may be too slow for the first attempt. */
const REFILL = { attempts: 10, pauseMs: 1_000 };
/** What the first job of a user goes through. */
const FIRST_USED: readonly FunctionName[] = ['submit', 'status', 'analyze'];
const SWEEP_EVERY_MS = 5 * 60_000;
const WEB_FOLDER = fileURLToPath(new URL('../../../web/dist', import.meta.url));

async function main(): Promise<void> {
  const settings = readCloudSettings();
  const log = createLog('cloud', settings.RCE_LOG_LEVEL);
  const stop = new AbortController();
  // What an end cuts off has not failed.
  const onError = (error: unknown) => {
    if (!stop.signal.aborted) log.error(error);
  };
  makeFolder(settings.RCE_DATA_DIR);

  const table = hintingTable(await openTables(settings.RCE_DATA_DIR), jobHinter());
  const queues = await openQueues(settings.AWS_REGION);
  // The endpoint and the functions need each other's address: the endpoint listens before it is complete.
  const load = { calls: 0 };
  const services = { accessKeyId: settings.AWS_ACCESS_KEY_ID, table, queues, functions: none(), load };
  const endpoint = createAwsEndpoint(services);
  const awsEndpoint = `http://127.0.0.1:${await listen(endpoint, settings.RCE_CLOUD_PORT, '127.0.0.1')}`;
  const resources = resourcesOf(awsEndpoint, settings.AWS_REGION);
  process.env.AWS_ENDPOINT_URL = awsEndpoint;
  const tableClient = createTableClient();
  const queueClient = createQueueClient();
  await createResources(tableClient, queueClient, settings.RCE_JOBS_TABLE, resources);
  if (settings.RCE_CLOUD_PORT === 0) await forgetRunners(tableClient, settings.RCE_JOBS_TABLE);

  const metrics = createHostMetrics();
  const hosted = createFunctions(
    functionSpecs(
      {
        RCE_JOBS_TABLE: settings.RCE_JOBS_TABLE,
        RCE_JOBS_QUEUE_URL: resources.jobsQueueUrl,
        RCE_DEAD_LETTER_QUEUE_URL: resources.deadLetterQueueUrl,
      },
      sharedEnvironment(settings, awsEndpoint),
      process.env,
    ),
    () => load.calls,
  );
  const functions = metrics.measured(hosted);
  services.functions = functions;
  const site = createStaticSite({ folder: WEB_FOLDER, headers: SECURITY_HEADERS, cacheControl });
  const api = createRestApi({
    routes: ROUTES,
    functions,
    site,
    allowedHosts: settings.RCE_ALLOWED_HOSTS,
    metrics,
    onError,
  });
  const port = await listen(api, settings.RCE_PORT, settings.RCE_HOST);

  for (const name of FUNCTION_NAMES) {
    const definition: FunctionDefinition = FUNCTIONS[name];
    if (definition.scheduleEveryMs !== undefined)
      every(definition.scheduleEveryMs, () => functions.invoke(name, {}), onError);
    if (definition.queue) {
      void runQueueTrigger(
        {
          client: queueClient,
          queueUrl: resources.deadLetterQueueUrl,
          queueArn: resources.deadLetterQueueArn,
          batchSize: definition.queue.batchSize,
          invoke: (event) => functions.invoke(name, event),
          onError,
        },
        stop.signal,
      );
    }
  }
  every(SWEEP_EVERY_MS, () => sweep(tableClient, settings.RCE_JOBS_TABLE, Date.now()), onError);
  void refillQueue(functions, onError);
  // What ran when an engine was killed is free when its leases have lapsed, and has no message any more.
  setTimeout(() => functions.invoke('reconcile', {}).catch(onError), DELIVERY.leaseMs + 1_000).unref();
  for (const name of FIRST_USED) functions.warm(name);

  process.once('SIGTERM', async () => {
    stop.abort();
    api.close();
    api.closeIdleConnections();
    await functions.close();
    process.exit(0);
  });
  const ready: CloudReady = {
    kind: 'ready',
    url: urlOf(settings.RCE_HOST, port),
    awsEndpoint,
    jobsQueueUrl: resources.jobsQueueUrl,
    deadLetterQueueUrl: resources.deadLetterQueueUrl,
  };
  process.send?.(ready);
}

/** At the engine's start no runner is alive yet, whatever one that was killed a moment ago has announced. */
async function forgetRunners(client: DynamoDBDocumentClient, table: string): Promise<void> {
  const registry = createRunnerRegistry(client, table);
  for (const { runnerId } of await registry.alive(0)) await registry.withdraw(runnerId);
}

/** The queue began empty: every job that the table holds as queued needs a message again. */
async function refillQueue(functions: Functions, onError: (error: unknown) => void): Promise<void> {
  for (let attempt = 1; attempt <= REFILL.attempts; attempt++) {
    try {
      await functions.invoke('reconcile', { queuedGraceMs: 0 });
      return;
    } catch (error) {
      onError(error);
      await sleep(REFILL.pauseMs);
    }
  }
}

/** What AWS would give to every function. */
function sharedEnvironment(settings: CloudSettings, awsEndpoint: string): Record<string, string> {
  return {
    AWS_REGION: settings.AWS_REGION,
    AWS_ACCESS_KEY_ID: settings.AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY: settings.AWS_SECRET_ACCESS_KEY,
    AWS_ENDPOINT_URL: awsEndpoint,
    RCE_LOG_LEVEL: settings.RCE_LOG_LEVEL,
  };
}

function none(): Functions {
  const invoke = () => Promise.reject(new Error('The functions are not there yet.'));
  return { has: () => false, warm: () => {}, invoke, close: async () => {} };
}

/** @throws StartError */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw new StartError(
      `The data folder ${path} cannot be written (${errorCode(error)}). Set RCE_DATA_DIR to one that can.`,
    );
  }
}

/** @returns the port. @throws StartError */
function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new StartError(listenFailure(errorCode(error), port, host))));
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function listenFailure(code: string | undefined, port: number, host: string): string {
  const other = `RCE_PORT=${port === 65_535 ? 3001 : port + 1}`;
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken by another program. Choose another, for example ${other}.`;
  if (code === 'EACCES')
    return `Port ${port} needs more rights than you have. Choose another, for example RCE_PORT=3000.`;
  return `Cannot listen on ${host}, port ${port} (${code}). Set RCE_HOST to an address of this machine.`;
}

function urlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

main().catch((error: unknown) => {
  const clear = error instanceof Error && (error.name === 'StartError' || error.name === 'SettingsError');
  console.error(clear ? error.message : error);
  process.exit(1);
});
