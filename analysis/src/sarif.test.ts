import { describe, expect, it } from '@jest/globals';
import { analyze } from './analyze.ts';
import { toSarif } from './sarif.ts';

describe('SARIF', () => {
  it('holds the findings with their rules, places and suppressions', async () => {
    const code = 'import os\nos.system(input())\neval(x)  # rce-ignore\n';
    const report = await analyze({ language: 'python', code });
    const log = toSarif(report, 'my program.py');
    expect(log.version).toBe('2.1.0');
    const [run] = log.runs;
    const results = run?.results ?? [];
    expect(results.map(({ ruleId }) => ruleId)).toEqual(report.findings.map(({ rule }) => rule));
    for (const rule of run?.tool.driver.rules ?? []) {
      expect(rule.help.markdown).toContain(`docs/rules.md#${rule.id}`);
      if (rule.helpUri !== undefined) expect(URL.canParse(rule.helpUri)).toBe(true);
    }
    for (const result of results) {
      expect(run?.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
      const [location] = result.locations;
      expect(location?.physicalLocation.artifactLocation.uri).toBe('my%20program.py');
      expect(location?.physicalLocation.region.startLine).toBeGreaterThan(0);
    }
    const suppressed = results.filter((result) => result.suppressions !== undefined);
    expect(suppressed.map(({ ruleId }) => ruleId)).toEqual(['py-eval']);
  });
});
