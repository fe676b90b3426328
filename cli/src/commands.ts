import { SEVERITIES } from '@rce/core/severities.ts';
import type { Api } from './api.ts';
import { usageError } from './errors.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { parseOptions } from './options.ts';
import { languageOf, readText } from './source.ts';

/** Each answers with the exit code. */

export async function languages(api: Api, args: readonly string[]): Promise<number> {
  const { values } = parseOptions(args, {});
  const all = await api.languages();
  if (values.json) {
    console.log(JSON.stringify(all, undefined, 2));
    return EXIT.ok;
  }
  const width = (of: 'id' | 'name') => Math.max(...all.map((language) => language[of].length));
  const widths = { id: width('id'), name: width('name') };
  for (const language of all) {
    const state = language.available
      ? [language.version, `(${language.driver})`].filter(Boolean).join(' ')
      : `not available: ${language.unavailable ?? ''}`;
    console.log(`${language.id.padEnd(widths.id)}  ${language.name.padEnd(widths.name)}  ${state}`);
  }
  return EXIT.ok;
}

export async function analyze(api: Api, args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    language: { type: 'string', short: 'l' },
    sarif: { type: 'boolean', default: false },
    'fail-on': { type: 'string' },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw usageError('rce analyze takes one file.');
  const failOn = SEVERITIES.find((severity) => severity === values['fail-on']);
  if (values['fail-on'] !== undefined && failOn === undefined)
    throw usageError(`--fail-on takes one of ${SEVERITIES.join(', ')}.`);
  const code = readText(file);
  const language = values.language ?? languageOf(file, await api.languages());
  if (values.sarif) {
    console.log(JSON.stringify(await api.analyzeAsSarif(language, code), undefined, 2));
    return EXIT.ok;
  }
  const report = await api.analyze(language, code);
  if (values.json) {
    console.log(JSON.stringify(report, undefined, 2));
  } else {
    for (const finding of report.findings.filter(({ suppressed }) => !suppressed)) {
      const { line, column, severity, rule, message, remedy } = finding;
      console.log(`${file}:${line}:${column}: ${severity} ${rule}: ${message}\n    ${remedy}`);
    }
    const rest = report.complete ? '' : ' (the analysis is incomplete)';
    console.log(`risk ${Math.round(report.score)} of 100, ${report.level}${rest}`);
  }
  const worst = failOn === undefined ? -1 : SEVERITIES.indexOf(failOn);
  const fails = report.findings.some((it) => !it.suppressed && SEVERITIES.indexOf(it.severity) <= worst);
  return fails ? 1 : EXIT.ok;
}

export async function status(api: Api, args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {});
  const job = await api.status(jobIdOf('status', positionals));
  if (values.json) {
    console.log(JSON.stringify(job, undefined, 2));
    return EXIT.ok;
  }
  console.log(
    `${job.status}${job.verdict === null ? '' : `: ${job.verdict}`}${job.reason ? ` (${job.reason})` : ''}`,
  );
  if (job.verdict !== null) console.log(`exit code ${exitCodeOf(job)}, ${job.executionTime ?? 0} ms`);
  if (job.output !== '') console.log(`--- output\n${job.output}`);
  if (job.stderr !== '') console.log(`--- stderr\n${job.stderr}`);
  return EXIT.ok;
}

export async function cancel(api: Api, args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {});
  const jobId = jobIdOf('cancel', positionals);
  const answer = await api.cancel(jobId);
  console.log(values.json ? JSON.stringify(answer) : `${jobId} is being cancelled`);
  return EXIT.ok;
}

function jobIdOf(command: string, positionals: readonly string[]): string {
  const [jobId, ...more] = positionals;
  if (jobId === undefined || more.length > 0) throw usageError(`rce ${command} takes one job id.`);
  return jobId;
}
