import { z } from 'zod';
import { SEVERITIES } from './severities.ts';

/** What the static analysis says of a program. Nothing is run to find it out. */

export const Severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof Severity>;

export const Confidence = z.enum(['high', 'medium', 'low']);
export type Confidence = z.infer<typeof Confidence>;

export const RISK_LEVELS = ['none', 'low', 'medium', 'high', 'critical'] as const;
export const RiskLevel = z.enum(RISK_LEVELS);
export type RiskLevel = z.infer<typeof RiskLevel>;

export const Finding = z
  .object({
    rule: z.string().describe('Id of the rule; GET /analysis/rules explains it.'),
    severity: Severity,
    confidence: Confidence,
    category: z.string(),
    cwe: z.int().optional().describe('Number of the Common Weakness Enumeration.'),
    message: z.string().describe('What was found.'),
    why: z.string().describe('Why it matters.'),
    remedy: z.string().describe('What to do about it.'),
    line: z.int().min(1).describe('First line, from 1.'),
    column: z.int().min(1).describe('First column, from 1, in UTF-16 code units.'),
    endLine: z.int().min(1),
    endColumn: z.int().min(1).describe('The column behind the last.'),
    share: z.number().describe('How many points of the score this finding brings.'),
    suppressed: z.boolean().describe('True when a comment in the source turns the rule off here.'),
  })
  .meta({ id: 'Finding' });
export type Finding = z.infer<typeof Finding>;

export const AnalysisReport = z
  .object({
    language: z.string(),
    score: z
      .number()
      .min(0)
      .max(100)
      .describe('Risk from 0 (nothing found) to 100; the shares of the findings add up to it.'),
    level: RiskLevel,
    complete: z
      .boolean()
      .describe('False when a budget ended the analysis: then nothing is known of the rest.'),
    findings: z.array(Finding),
    omitted: z.int().min(0).describe('Findings left out of the list because it would be too long.'),
    metrics: z.object({
      lines: z.int(),
      functions: z.int(),
      complexity: z.int().describe('Cyclomatic complexity of the whole program.'),
      imports: z.array(z.string()),
    }),
    durationMs: z.number(),
    analyzer: z.string().describe('Name and version of the analyzer.'),
  })
  .meta({ id: 'AnalysisReport' });
export type AnalysisReport = z.infer<typeof AnalysisReport>;
