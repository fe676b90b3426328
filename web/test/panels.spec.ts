import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Browsing, run, stream, write } from './browser.ts';

export const RISKY = `import pickle, subprocess

def load(path, command):
    data = pickle.loads(open(path, "rb").read())
    subprocess.run(command, shell=True)
    return eval(data)
`;

/** Output, tests and analysis. */
export function panelsSpec({ on }: Browsing): void {
  describe('the panels', () => {
    it('copy and download the output', () =>
      on(async (page) => {
        await write(page, 'print("some output")');
        await run(page);
        await page.getByRole('button', { name: 'Copy stdout' }).click();
        await page.getByRole('button', { name: 'Copied' }).waitFor();
        expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('some output\n');
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name: 'Download stdout' }).click(),
        ]);
        expect(readFileSync(await download.path(), 'utf8')).toBe('some output\n');
      }));

    it('show what is risky, how the score comes about, and go to the line', () =>
      on(async (page) => {
        await write(page, RISKY);
        await page.getByRole('tab', { name: /Analysis/ }).click();
        const first = page.locator('li[data-rule]').first();
        await first.waitFor();
        expect(await page.locator('li[data-rule]').count()).toBeGreaterThanOrEqual(3);
        expect(Number(await page.locator('[data-score]').getAttribute('data-score'))).toBeGreaterThan(40);
        // The same in the editor, without a run.
        await page.locator('.squiggly-error').first().waitFor();
        const evalLine = page.locator('li[data-rule]').filter({ hasText: 'eval' }).first();
        await evalLine.getByRole('button').click();
        await page.getByText('Line 6, column').waitFor();
      }));

    it('keep the analysis up to date while one types', () =>
      on(async (page) => {
        await write(page, 'print(1)');
        await page.getByRole('tab', { name: /Analysis/ }).click();
        await page.getByText('Nothing risky was found.').waitFor();
        await page.locator('[data-region=editor]').click();
        await page.keyboard.press('ControlOrMeta+End');
        await page.keyboard.type('\neval(input())');
        await page.locator('li[data-rule]').first().waitFor();
      }));

    it('find runs in the history and restore them', () =>
      on(async (page) => {
        for (const word of ['apple', 'pear']) {
          await write(page, `print("${word}")`);
          await run(page);
        }
        await page.getByRole('button', { name: 'History' }).click();
        await page.getByLabel('Search in code and output').fill('apple');
        expect(await page.getByRole('dialog').getByRole('listitem').count()).toBe(1);
        await page.getByRole('button', { name: 'Restore' }).click();
        await page.locator('.view-lines').getByText('apple').waitFor();
        await run(page);
        expect(await stream(page, 'stdout').textContent()).toBe('apple\n');
      }));
  });
}
