import { describe, expect, it } from '@jest/globals';
import { accessibilityFaults } from './axe.ts';
import { type Browsing, PHONE, run, stream, verdict, write } from './browser.ts';
import { RISKY } from './panels.spec.ts';

/** Keyboard, screen reader, phone. */
export function accessSpec({ on }: Browsing): void {
  describe('access', () => {
    it.each(['light', 'dark'] as const)('has no fault that axe finds, in the %s theme', (colorScheme) =>
      on(
        async (page) => {
          expect(await accessibilityFaults(page)).toEqual([]);
          await write(page, `${RISKY}\nprint("\\x1b[32mok\\x1b[0m")\nraise SystemExit(3)`);
          await run(page);
          expect(await accessibilityFaults(page)).toEqual([]);
          await page.getByRole('tab', { name: /Analysis/ }).click();
          await page.locator('li[data-rule]').first().waitFor();
          expect(await accessibilityFaults(page)).toEqual([]);
          await page.getByRole('tab', { name: /Tests/ }).click();
          await page.getByRole('button', { name: 'Add a test' }).click();
          await page.getByRole('button', { name: 'Run tests' }).click();
          await page.locator('tr[data-verdict]').waitFor();
          expect(await accessibilityFaults(page)).toEqual([]);
          for (const dialog of ['Share', 'History', 'Settings']) {
            await page.getByRole('button', { name: dialog }).click();
            await page.getByRole('dialog').waitFor();
            expect(await accessibilityFaults(page)).toEqual([]);
            await page.keyboard.press('Escape');
            await page.getByRole('dialog').waitFor({ state: 'detached' });
          }
        },
        { colorScheme },
      ),
    );

    it('works by keyboard alone: to the editor, out of it, run, tabs, dialogs', () =>
      on(async (page) => {
        const focused = () =>
          page.evaluate(() => document.activeElement?.closest('[data-region]')?.getAttribute('data-region'));
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        expect(await focused()).toBe('editor');
        await page.keyboard.press('ControlOrMeta+A');
        await page.keyboard.type('print("typed")');
        await page.keyboard.press('Escape');
        await page.keyboard.press('Tab');
        expect(await focused()).not.toBe('editor');
        await page.keyboard.press('ControlOrMeta+Enter');
        expect(await verdict(page)).toBe('ok');
        expect(await stream(page, 'stdout').textContent()).toBe('typed\n');
        await page.getByRole('tab', { name: 'Output' }).focus();
        await page.keyboard.press('ArrowRight');
        await page.getByText('No tests yet.').waitFor();
        await page.keyboard.press('F6');
        expect(await focused()).toBe('header');
        await page.getByRole('button', { name: 'Settings' }).focus();
        await page.keyboard.press('Enter');
        await page.getByRole('dialog').waitFor();
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
        expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
          'Settings',
        );
      }));

    it('works on a phone, by touch, with an editor made for it', () =>
      on(async (page) => {
        expect(await page.locator('.cm-editor').count()).toBe(1);
        await page.getByRole('button', { name: 'Run' }).tap();
        expect(await verdict(page)).toBe('ok');
        expect(await stream(page, 'stdout').textContent()).toContain('the ### 3');
        for (const tab of ['Code', 'Input', 'Tests', 'Analysis']) {
          await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).tap();
          expect(await accessibilityFaults(page)).toEqual([]);
        }
        const overflows = await page.evaluate(
          () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
        );
        expect(overflows).toBe(false);
      }, PHONE));
  });
}
