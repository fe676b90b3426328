import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { analyze } from './analyze.ts';
import { hostileInputs } from './hostile-inputs.ts';
import { IsolatedAnalyzer } from './isolated.ts';
import { ANALYZED_LANGUAGES, UnsupportedLanguageError } from './languages.ts';

const DANGEROUS = { language: 'python', code: 'import os\nos.system(input())\n' };
/** More than the parser has memory for. */
const DEADLY = { language: 'python', code: hostileInputs(65_536)['nested brackets'] ?? '' };

/** What has had the parser of a language abort, or never come back. */
const ABORTS: Readonly<Partial<Record<string, string>>> = {
  bash: 'zero bytes',
  c: 'nested arrows',
  cpp: 'open word lists',
  java: 'mixed open brackets',
  rust: 'open word lists',
};

describe('the analysis in a thread of its own', () => {
  const analyzer = new IsolatedAnalyzer();

  it('reports what the analysis reports', async () => {
    const { durationMs: _here, ...here } = await analyze(DANGEROUS);
    const { durationMs: _there, ...there } = await analyzer.analyze(DANGEROUS);
    expect(there).toEqual(here);
  });

  it('outlives a text that ends the thread, says that nothing is known of it, and reads those behind it', async () => {
    const [deadly, behind] = await Promise.all([analyzer.analyze(DEADLY), analyzer.analyze(DANGEROUS)]);
    expect(deadly).toMatchObject({ complete: false, level: 'medium' });
    expect(deadly.findings.map(({ rule }) => rule)).toContain('analysis-incomplete');
    expect(behind).toMatchObject({ complete: true, level: 'high' });
  });

  it.each(ANALYZED_LANGUAGES)(
    'gives a report on any text in %s',
    async (language) => {
      const deadly = hostileInputs(65_536)[ABORTS[language] ?? 'nested brackets'] ?? '';
      const texts = [...Object.values(hostileInputs(1_024)), deadly];
      for (const text of texts) {
        const code = language === 'php' ? `<?php ${text}` : text;
        const report = await analyzer.analyze({ language, code });
        const known = report.findings.some(({ rule }) => rule === 'analysis-incomplete');
        expect(known).toBe(!report.complete);
      }
      expect(await analyzer.analyze(DANGEROUS)).toMatchObject({ complete: true, level: 'high' });
    },
    120_000,
  );

  it('reads nothing for whoever has gone before the turn came', async () => {
    const gone = AbortSignal.abort(new Error('gone'));
    await expect(analyzer.analyze(DANGEROUS, { signal: gone })).rejects.toThrow('gone');
    expect((await analyzer.analyze(DANGEROUS)).complete).toBe(true);
  });

  it('keeps no process alive, not even when a thread has begun in place of an ended one', () => {
    const script = [
      `import { IsolatedAnalyzer } from ${JSON.stringify(new URL('./isolated.ts', import.meta.url).href)};`,
      `console.log((await new IsolatedAnalyzer().analyze(${JSON.stringify(DEADLY)})).complete);`,
    ].join('\n');
    const args = ['--input-type=module', '-'];
    expect(execFileSync(process.execPath, args, { input: script, encoding: 'utf8', timeout: 30_000 })).toBe(
      'false\n',
    );
  }, 40_000);

  it('refuses a language that is not analysed', async () => {
    await expect(analyzer.analyze({ language: 'cobol', code: '' })).rejects.toThrow(UnsupportedLanguageError);
  });
});
