import { describe, expect, it } from '@jest/globals';
import { type Browsing, stream, verdict, write } from './browser.ts';

/** What can come between the key press and the result. */
export function runSpec({ on }: Browsing): void {
  describe('a run', () => {
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
