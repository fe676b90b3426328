import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type Clock, systemClock } from '@rce/core/clock.ts';
import { fitResult } from '@rce/core/fit-result.ts';
import { type ExecutionResult, emptyResult, type Job } from '@rce/core/job.ts';
import type { CancelOutcome, Claim, JobStore, NewJob, StuckJob } from '@rce/core/ports/job-store.ts';
import { isFinal, statusOf } from '@rce/core/verdict.ts';
import { z } from 'zod';
import { attributeNames, conditional } from './expressions.ts';
import { newJobItem, readJobItem, storedAnalysis } from './job-item.ts';
import { itemKey, JOBS_TABLE } from './jobs-table.ts';

/** A reason is one sentence or two; longer ones come from errors that quote a whole response. */
const REASON_LENGTH = 1_000;

const IndexEntry = z.object({ pk: z.string(), at: z.number(), attempts: z.number() });
type IndexEntry = z.infer<typeof IndexEntry>;

interface JobUpdate {
  readonly update: string;
  readonly condition: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Jobs in a DynamoDB table. Every change of a job is one conditional update, so that two runners, or a
 * runner and a submitter, can never both believe that they decided what becomes of it.
 */
export class DynamoJobStore implements JobStore {
  readonly #table: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #clock: Clock;

  constructor(table: DynamoDBDocumentClient, tableName: string, clock: Clock = systemClock) {
    this.#table = table;
    this.#tableName = tableName;
    this.#clock = clock;
  }

  async create(job: NewJob): Promise<boolean> {
    const condition = 'attribute_not_exists(#pk)';
    const written = await conditional(
      this.#table.send(
        new PutCommand({
          TableName: this.#tableName,
          Item: newJobItem(job),
          ConditionExpression: condition,
          ExpressionAttributeNames: attributeNames(condition),
        }),
      ),
    );
    return written !== undefined;
  }

  async get(jobId: string): Promise<Job | undefined> {
    const { Item } = await this.#table.send(
      // A job that was just accepted must be found: eventual consistency would not do.
      new GetCommand({ TableName: this.#tableName, Key: { pk: itemKey.job(jobId) }, ConsistentRead: true }),
    );
    if (!Item) return undefined;
    const job = readJobItem(Item);
    // DynamoDB deletes expired items up to two days late.
    return job.expiresAt <= this.#clock.now() ? undefined : job;
  }

  async getMany(jobIds: readonly string[]): Promise<ReadonlyMap<string, Job>> {
    const jobs = new Map<string, Job>();
    let keys = jobIds.map((jobId): Record<string, unknown> => ({ pk: itemKey.job(jobId) }));
    while (keys.length > 0) {
      const { Responses, UnprocessedKeys } = await this.#table.send(
        new BatchGetCommand({ RequestItems: { [this.#tableName]: { Keys: keys, ConsistentRead: true } } }),
      );
      for (const item of Responses?.[this.#tableName] ?? []) {
        const job = readJobItem(item);
        if (job.expiresAt > this.#clock.now()) jobs.set(job.jobId, job);
      }
      // One answer holds 16 MB at most; what did not fit, or was throttled, is asked for again.
      keys = UnprocessedKeys?.[this.#tableName]?.Keys ?? [];
    }
    return jobs;
  }

  async claim(jobId: string, owner: string, now: number, leaseMs: number): Promise<Claim> {
    const until = now + leaseMs;
    for (;;) {
      const item = await this.#update(
        jobId,
        {
          update:
            'SET #status = :processing, #state = :processing, #at = :until, #leaseOwner = :owner, ' +
            '#leaseUntil = :until, #attempts = #attempts + :one, #startedAt = :now REMOVE #partial',
          condition:
            '#expiresAt > :nowSeconds AND #status = :queued OR ' +
            '#expiresAt > :nowSeconds AND #status = :processing AND #leaseUntil < :now',
          values: {
            ':queued': 'queued',
            ':processing': 'processing',
            ':owner': owner,
            ':until': until,
            ':now': now,
            ':nowSeconds': now / 1000,
            ':one': 1,
          },
        },
        'ALL_NEW',
      );
      if (item) return { kind: 'claimed', job: readJobItem(item) };
      const job = await this.get(jobId);
      if (!job) return { kind: 'missing' };
      if (isFinal(job.status)) return { kind: 'finished' };
      // The update was made, but its answer was lost and the client sent it again.
      if (job.lease?.owner === owner) return { kind: 'claimed', job };
      if (job.lease && job.lease.until >= now) return { kind: 'leased', until: job.lease.until };
      // Given back between the two calls: try again.
    }
  }

  async renew(
    jobId: string,
    owner: string,
    until: number,
    partial?: { stdout: Uint8Array; stderr: Uint8Array },
  ): Promise<'renewed' | 'cancel-requested' | 'lost'> {
    const attributes = await this.#update(
      jobId,
      {
        // Writing cancelRequested as it is brings it back among the updated attributes.
        update:
          'SET #leaseUntil = :until, #at = :until, #cancelRequested = if_not_exists(#cancelRequested, :false)' +
          (partial ? ', #partial = :partial' : ''),
        condition: '#status = :processing AND #leaseOwner = :owner',
        values: {
          ':until': until,
          ':owner': owner,
          ':processing': 'processing',
          ':false': false,
          ...(partial ? { ':partial': partial } : {}),
        },
      },
      'UPDATED_NEW',
    );
    if (!attributes) return 'lost';
    return attributes.cancelRequested === true ? 'cancel-requested' : 'renewed';
  }

  async release(jobId: string, owner: string, attempt: 'counted' | 'uncounted'): Promise<boolean> {
    const released = await this.#update(jobId, {
      update:
        'SET #status = :queued, #state = :queued, #at = #createdAt, #attempts = #attempts - :uncounted ' +
        'REMOVE #leaseOwner, #leaseUntil, #partial, #startedAt',
      condition: '#status = :processing AND #leaseOwner = :owner',
      values: {
        ':queued': 'queued',
        ':processing': 'processing',
        ':owner': owner,
        ':uncounted': attempt === 'uncounted' ? 1 : 0,
      },
    });
    return released !== undefined;
  }

  async finish(
    jobId: string,
    owner: string,
    result: ExecutionResult,
    finishedAt: number,
    options: { reason?: string; analysis?: Job['analysis'] } = {},
  ): Promise<boolean> {
    const { analysis } = options;
    return this.#end(jobId, result, finishedAt, {
      ...options,
      condition: '#status = :processing AND #leaseOwner = :owner',
      values: { ':processing': 'processing', ':owner': owner },
      ...(analysis === undefined ? {} : { analysis }),
    });
  }

  async attachAnalysis(jobId: string, analysis: Job['analysis']): Promise<void> {
    await this.#update(jobId, {
      update: 'SET #analysis = :analysis',
      // An update would otherwise create an item out of nothing for a job that has expired.
      condition: 'attribute_exists(#pk)',
      values: { ':analysis': storedAnalysis(analysis) },
    });
  }

  async requestCancel(jobId: string, now: number): Promise<CancelOutcome> {
    for (;;) {
      const ended = await this.#end(jobId, emptyResult('cancelled'), now, {
        ...unleased(now),
        reason: 'It was cancelled before it ran.',
      });
      if (ended) return 'cancelled';
      const requested = await this.#update(jobId, {
        update: 'SET #cancelRequested = :true',
        condition: '#status = :processing AND #leaseUntil >= :now',
        values: { ':true': true, ':processing': 'processing', ':now': now },
      });
      if (requested) return 'requested';
      const job = await this.get(jobId);
      if (!job) return 'missing';
      if (isFinal(job.status)) return 'finished';
      // Its state changed between the calls: try again.
    }
  }

  async fail(jobId: string, reason: string, now: number): Promise<boolean> {
    return this.#end(jobId, emptyResult('internal-error'), now, { ...unleased(now), reason });
  }

  async findStuck(queuedBefore: number, now: number, limit: number): Promise<readonly StuckJob[]> {
    const [processing, queued] = await Promise.all([
      this.#inState('processing', now, limit),
      this.#inState('queued', queuedBefore, limit),
    ]);
    return [...processing, ...queued].slice(0, limit);
  }

  async oldestQueued(): Promise<number | undefined> {
    const [oldest] = await this.#queryState('queued', Number.MAX_SAFE_INTEGER, 1);
    return oldest?.at;
  }

  async #inState(status: 'queued' | 'processing', before: number, limit: number): Promise<StuckJob[]> {
    const entries = await this.#queryState(status, before, limit);
    return entries.map(({ pk, attempts }) => ({
      jobId: pk.slice(itemKey.job('').length),
      status,
      attempts,
    }));
  }

  /** Entries of the index, oldest first. The index lags the table a little. */
  async #queryState(state: 'queued' | 'processing', before: number, limit: number): Promise<IndexEntry[]> {
    const condition = '#state = :state AND #at < :before';
    const entries: IndexEntry[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await this.#table.send(
        new QueryCommand({
          TableName: this.#tableName,
          IndexName: JOBS_TABLE.index.name,
          KeyConditionExpression: condition,
          ExpressionAttributeNames: attributeNames(condition),
          ExpressionAttributeValues: { ':state': state, ':before': before },
          Limit: limit - entries.length,
          ExclusiveStartKey: from,
        }),
      );
      entries.push(...z.array(IndexEntry).parse(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from && entries.length < limit);
    return entries;
  }

  /** Writes a result, if the condition holds, and takes the job out of the index. */
  async #end(
    jobId: string,
    result: ExecutionResult,
    finishedAt: number,
    how: Omit<JobUpdate, 'update'> & { reason?: string; analysis?: Job['analysis'] },
  ): Promise<boolean> {
    const { condition, values, reason, analysis } = how;
    const set = ['#status = :status', '#result = :result', '#finishedAt = :finishedAt'];
    if (reason !== undefined) set.push('#reason = :reason');
    if (analysis !== undefined) set.push('#analysis = :analysis');
    const ended = await this.#update(jobId, {
      update: `SET ${set.join(', ')} REMOVE #state, #at, #leaseOwner, #leaseUntil, #partial`,
      condition,
      values: {
        ...values,
        ':status': statusOf(result.verdict),
        ':result': fitResult(result),
        ':finishedAt': finishedAt,
        ...(reason === undefined ? {} : { ':reason': reason.slice(0, REASON_LENGTH) }),
        ...(analysis === undefined ? {} : { ':analysis': storedAnalysis(analysis) }),
      },
    });
    return ended !== undefined;
  }

  /** One conditional update. Returns the attributes asked for; undefined when the condition did not hold. */
  async #update(
    jobId: string,
    { update, condition, values }: JobUpdate,
    returnValues: 'NONE' | 'ALL_NEW' | 'UPDATED_NEW' = 'NONE',
  ): Promise<Record<string, unknown> | undefined> {
    const written = await conditional(
      this.#table.send(
        new UpdateCommand({
          TableName: this.#tableName,
          Key: { pk: itemKey.job(jobId) },
          UpdateExpression: update,
          ConditionExpression: condition,
          ExpressionAttributeNames: attributeNames(update, condition),
          ExpressionAttributeValues: values,
          ReturnValues: returnValues,
        }),
      ),
    );
    return written && (written.Attributes ?? {});
  }
}

/** Nobody works on the job: it is queued, or its lease has lapsed. */
function unleased(now: number): Pick<JobUpdate, 'condition' | 'values'> {
  return {
    condition: '#status = :queued OR (#status = :processing AND #leaseUntil < :now)',
    values: { ':queued': 'queued', ':processing': 'processing', ':now': now },
  };
}
