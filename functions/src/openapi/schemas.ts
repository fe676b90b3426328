import { Problem } from '@rce/core/errors.ts';
import { JobView } from '@rce/core/job.ts';
import { LanguageView } from '@rce/core/language.ts';
import type { RunLimits } from '@rce/core/limits.ts';
import { AnalysisReport } from '@rce/core/report.ts';
import { EngineStats } from '@rce/core/stats.ts';
import { AnalyzeRequest, submissionSchema } from '@rce/core/submission.ts';
import { z } from 'zod';
import { AnalysisHealth, Health } from '../health.ts';
import type { SchemaName } from './operations.ts';

const Languages = z.object({ languages: z.array(LanguageView) });

/** The rules are data of the analyzer's; their form is described here for readers of the API. */
const Rules = z.object({
  categories: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      scored: z.boolean().describe('Whether it counts for the score.'),
    }),
  ),
  rules: z.array(
    z.looseObject({
      id: z.string(),
      severity: z.string(),
      confidence: z.string(),
      category: z.string(),
      message: z.string(),
      why: z.string(),
      remedy: z.string(),
    }),
  ),
});

/** Every schema of the wire as JSON Schema, by name; named parts stand beside the schema that uses them. */
export function jsonSchemas(max: RunLimits): Record<string, unknown> {
  const outputs = {
    Job: JobView,
    Languages,
    Health,
    EngineStats,
    AnalysisReport,
    AnalysisHealth,
    Rules,
    Problem,
  };
  const inputs = { Submission: submissionSchema(max), AnalyzeRequest };
  return { ...convert(outputs, 'output'), ...convert(inputs, 'input') } satisfies Record<
    SchemaName | 'Problem',
    unknown
  > &
    Record<string, unknown>;
}

function convert(schemas: Record<string, z.ZodType>, io: 'input' | 'output') {
  const found: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const { $schema: _, $defs = {}, ...json } = z.toJSONSchema(schema, { io, reused: 'inline' });
    Object.assign(found, Object.fromEntries(Object.entries($defs).map(([id, part]) => [id, strip(part)])));
    found[name] ??= strip(json);
  }
  return found as Record<SchemaName | 'Problem', unknown>;
}

/** Names of parts point into components, where OpenAPI keeps them; `id` is zod's own name for them. */
function strip(schema: unknown): unknown {
  return JSON.parse(
    JSON.stringify(schema, (key, value) =>
      key === 'id' && typeof value === 'string' ? undefined : value,
    ).replaceAll('"#/$defs/', '"#/components/schemas/'),
  );
}
