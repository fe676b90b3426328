import { describe, expect, it } from '@jest/globals';
import type { Target } from '../../e2e/support/describe-engines.ts';
import { type Browsing, run, stream, verdict, write } from './browser.ts';

/**
 * All that the page shows of a sandbox's own doing: streams, partial output, kills and measurements, input,
 * tests.
 */
export function sandboxSpec({ on }: Browsing, target: Target): void {
  describe('what a sandbox reports', () => {
    it('goes from the example to its output by one shortcut', () =>
      on(async (page) => {
        expect(await run(page)).toBe('ok');
        expect(await stream(page, 'stdout').textContent()).toContain('the ### 3');
        expect(await page.getByText('Exit code 0').isVisible()).toBe(true);
        expect(await page.getByText('Peak memory').isVisible()).toBe(true);
      }));

    it('names the sandbox that was used', () =>
      on(async (page) => {
        await run(page);
        expect(await page.locator('[data-driver]').getAttribute('data-driver')).toBe(target.driver);
      }));

    it('tells stdout and stderr apart, shows colours, and says what to do about the error', () =>
      on(async (page) => {
        await write(page, 'print("\\x1b[31mred\\x1b[0m plain")\nraise ValueError("no")');
        expect(await run(page)).toBe('runtime-error');
        expect(await stream(page, 'stdout').textContent()).toBe('red plain\n');
        expect(await stream(page, 'stdout').locator('span').first().getAttribute('style')).toContain(
          '--ansi-1',
        );
        expect(await stream(page, 'stderr').textContent()).toContain('ValueError: no');
        expect(await page.getByText('Read stderr').isVisible()).toBe(true);
      }));

    it('gives the program its input and its arguments', () =>
      on(async (page) => {
        await write(page, 'import sys\nprint(sys.argv[1:], sys.stdin.read())');
        await page.getByLabel('Standard input').fill('from stdin');
        await page.getByLabel('Arguments').fill('one "two words"');
        await run(page);
        expect(await stream(page, 'stdout').textContent()).toBe("['one', 'two words'] from stdin\n");
      }));

    it('shows output while the program runs, and Escape stops it', () =>
      on(async (page) => {
        await write(page, 'print("started", flush=True)\nwhile True: pass');
        await page.keyboard.press('ControlOrMeta+Enter');
        await page.locator('[data-step=processing]').waitFor();
        await stream(page, 'stdout').getByText('started').waitFor();
        await page.keyboard.press('Escape');
        expect(await verdict(page)).toBe('cancelled');
        expect(await stream(page, 'stdout').textContent()).toContain('started');
      }));

    it('ends at the time limit with words for it', () =>
      on(async (page) => {
        await write(page, 'while True: pass');
        expect(await run(page)).toBe('time-limit-exceeded');
        expect(await page.getByText('Time limit exceeded').isVisible()).toBe(true);
        expect(await page.getByText('Look for a loop').isVisible()).toBe(true);
      }));

    it('says where the output was cut and why', () =>
      on(async (page) => {
        await write(page, 'while True: print("x" * 99)');
        expect(await run(page)).toBe('output-limit-exceeded');
        expect(await page.getByText('Cut here').textContent()).toContain('64 KiB');
      }));

    it('runs all tests at once, with a verdict and a difference for each', () =>
      on(async (page) => {
        await write(page, 'print(int(input()) * 2)');
        await page.getByRole('tab', { name: /Tests/ }).click();
        for (const [stdin, expected] of [
          ['1', '2'],
          ['3', '7'],
          ['x', '0'],
        ] as const) {
          await page.getByRole('button', { name: 'Add a test' }).click();
          await page.getByRole('textbox', { name: 'Input', exact: true }).fill(stdin);
          await page.getByLabel('Expected output').fill(expected);
        }
        await page.getByRole('button', { name: 'Run tests' }).click();
        await page.getByText('1 of 3 passed').waitFor();
        const verdicts = await page
          .locator('tr[data-test]')
          .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-verdict')));
        expect(verdicts).toEqual(['ok', 'wrong-answer', 'runtime-error']);
        await page.getByRole('button', { name: 'Details of Test 2' }).click();
        await page.locator('[data-diff] del').waitFor();
        expect(await page.locator('[data-diff] del').textContent()).toBe('7');
        expect(await page.locator('[data-diff] ins').textContent()).toBe('6');
        // A result is of the case as it was; an edited case has none.
        await page.getByLabel('Expected output').fill('6');
        expect(await page.locator('tr[data-test="1"]').getAttribute('data-verdict')).toBeNull();
      }));
  });
}
