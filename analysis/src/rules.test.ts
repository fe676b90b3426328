import { describe, expect, it } from '@jest/globals';
import { analyze } from './analyze.ts';
import { CATEGORIES } from './rule.ts';
import { RULES } from './rules/index.ts';

const found = async (language: string, code: string) => {
  const report = await analyze({ language, code }, { budgetMs: 10_000 });
  return report.findings.map((finding) => finding.rule);
};

/** Ended by the clock, so that no text of an example triggers it. */
const BY_BUDGET = 'analysis-incomplete';

describe('every rule', () => {
  it('has an id of its own', () => {
    const ids = RULES.map((rule) => rule.id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it.each(RULES.filter((rule) => rule.id !== BY_BUDGET).map((rule) => [rule.id, rule] as const))(
    '%s finds its bad example and not its good one',
    async (id, rule) => {
      const [language = ''] = rule.languages;
      expect(await found(language, rule.bad)).toContain(id);
      expect(await found(language, rule.good)).not.toContain(id);
    },
  );

  it('that is high or critical leaves the good examples of all the others alone', async () => {
    const severe = new Set(
      RULES.filter(({ severity }) => severity === 'high' || severity === 'critical').map(({ id }) => id),
    );
    const alarms: string[] = [];
    for (const rule of RULES) {
      const [language = ''] = rule.languages;
      for (const id of await found(language, rule.good)) if (severe.has(id)) alarms.push(`${rule.id}: ${id}`);
    }
    expect(alarms).toEqual([]);
  });

  it('says what, why and what to do, in a known category', () => {
    for (const rule of RULES) {
      expect(Object.keys(CATEGORIES)).toContain(rule.category);
      for (const text of [rule.message, rule.why, rule.remedy]) expect(text.length).toBeGreaterThan(5);
    }
  });
});
