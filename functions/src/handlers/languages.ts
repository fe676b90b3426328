import { createTableClient } from '@rce/aws/clients.ts';
import { createRunnerRegistry } from '@rce/aws/runner-registry.ts';
import { type Clock, systemClock } from '@rce/core/clock.ts';
import type { Language, LanguageView } from '@rce/core/language.ts';
import { DELIVERY } from '@rce/core/limits.ts';
import type { RunnerAnnouncement, RunnerRegistry } from '@rce/core/ports/job-store.ts';
import { LANGUAGES } from '@rce/languages/catalog.ts';
import { coldStart } from '../cold-start.ts';
import { endpoint, type HttpHandler } from '../http/endpoint.ts';
import { jsonResponse } from '../http/response.ts';
import { createLog, type Log } from '../log.ts';
import { readSettings, SETTINGS } from '../settings.ts';

export interface LanguagesDependencies {
  readonly runners: Pick<RunnerRegistry, 'alive'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** GET /api/languages. */
export function createHandler({ runners, clock, log }: LanguagesDependencies): HttpHandler {
  return endpoint(log, async () => {
    const alive = await runners.alive(clock.now() - DELIVERY.runnerTtlMs);
    return jsonResponse(200, { languages: LANGUAGES.map((language) => toLanguageView(language, alive)) });
  });
}

/** A language with what runners say of it: one that can run it speaks before one that cannot. */
export function toLanguageView(language: Language, runners: readonly RunnerAnnouncement[]): LanguageView {
  const reports = runners.flatMap(({ driver, languages }) =>
    languages.filter(({ id }) => id === language.id).map((report) => ({ driver, ...report })),
  );
  const report = reports.find(({ available }) => available) ?? reports[0];
  return {
    id: language.id,
    name: language.name,
    version: report?.version ?? null,
    fileName: language.fileName,
    editorMode: language.editorMode,
    example: language.example,
    analysis: language.analysis,
    available: report?.available ?? false,
    ...(report?.available ? {} : { unavailable: report?.reason ?? 'No runner is alive.' }),
    driver: report?.driver ?? null,
  };
}

export const handler = coldStart('languages', () => {
  const settings = readSettings(SETTINGS.languages);
  return createHandler({
    runners: createRunnerRegistry(createTableClient(), settings.RCE_JOBS_TABLE),
    clock: systemClock,
    log: createLog('languages', settings.RCE_LOG_LEVEL),
  });
});
