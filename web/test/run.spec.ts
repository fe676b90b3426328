import { describe, expect, it } from '@jest/globals';
import type { Target } from '../../e2e/support/describe-engines.ts';
import { run, stream, useBrowser, verdict, write } from './browser.ts';

/** From key press to result, and what can come in between. */
export function runSpec(target: Target): void {
  describe('a run', () => {
    const { on } = useBrowser(() => target.url);

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

    it('survives a reload', () =>
      on(async (page) => {
        await write(
          page,
          'import time\nprint("before", flush=True)\nend = time.time() + 3\nwhile time.time() < end: pass\nprint("after")',
        );
        await page.keyboard.press('ControlOrMeta+Enter');
        await page.locator('[data-step=processing]').waitFor();
        await page.reload();
        expect(await verdict(page)).toBe('ok');
        expect(await stream(page, 'stdout').textContent()).toBe('before\nafter\n');
      }));

    it('survives a lost connection', () =>
      on(
        async (page) => {
          await write(
            page,
            'import time\nend = time.time() + 3\nwhile time.time() < end: pass\nprint("done")',
          );
          await page.keyboard.press('ControlOrMeta+Enter');
          await page.locator('[data-step=processing]').waitFor();
          await page.context().setOffline(true);
          await page.getByText('You are offline').waitFor();
          await page.context().setOffline(false);
          expect(await verdict(page)).toBe('ok');
          expect(await stream(page, 'stdout').textContent()).toBe('done\n');
        },
        { tolerates: /ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/ },
      ));

    it.each([
      [429, 'rate-limited', 'many programs in a short time'],
      [503, 'queue-full', 'very busy'],
    ])('says why a run is refused (%i %s), counts down and tries again', (status, code, words) =>
      on(
        async (page) => {
          let refused = 0;
          await page.route('**/api/submit', async (route) => {
            if (refused++ > 0) return route.continue();
            return route.fulfill({
              status,
              headers: { 'retry-after': '1', 'content-type': 'application/problem+json' },
              body: JSON.stringify({ type: `urn:rce:error:${code}`, title: '', status, detail: '', code }),
            });
          });
          await page.keyboard.press('ControlOrMeta+Enter');
          await page.locator(`[data-failure=${code}]`).waitFor();
          expect(await page.locator('[data-failure]').locator('..').textContent()).toContain(words);
          // Disabled while it counts down: the click waits for the button.
          await page.getByRole('button', { name: 'Try again', exact: true }).click();
          expect(await verdict(page)).toBe('ok');
        },
        { tolerates: new RegExp(`status of ${status}`) },
      ),
    );

    it('says that the engine does not answer, also when a proxy answers for it', () =>
      on(
        async (page) => {
          await page.route('**/api/submit', (route) =>
            route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' }),
          );
          await page.keyboard.press('ControlOrMeta+Enter');
          await page.locator('[data-failure=unreachable]').waitFor();
          await page.unroute('**/api/submit');
          await page.getByRole('button', { name: 'Try again', exact: true }).click();
          expect(await verdict(page)).toBe('ok');
        },
        { tolerates: /status of 502/ },
      ));

    it('names the field that the API cannot take', () =>
      on(
        async (page) => {
          await write(page, ' ');
          await page.keyboard.press('ControlOrMeta+Enter');
          await page.locator('[data-failure=invalid-input]').waitFor();
          expect(await page.locator('[data-failure]').locator('..').textContent()).toContain('code');
        },
        { tolerates: /status of 400/ },
      ));
  });
}
