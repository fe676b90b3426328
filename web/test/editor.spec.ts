import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Browsing, ready, run, stream, write } from './browser.ts';

/** Languages, files, drafts and keys. */
export function editorSpec({ on }: Browsing): void {
  describe('the editor', () => {
    it('keeps a draft for each language, over a reload', () =>
      on(async (page) => {
        await write(page, 'print("my python")');
        await page.getByLabel('Language', { exact: true }).selectOption('javascript');
        await page.getByRole('tab', { name: 'main.js' }).waitFor();
        await write(page, 'console.log("my javascript")');
        await page.getByLabel('Language', { exact: true }).selectOption('python');
        await page.locator('.view-lines').getByText('my python').waitFor();
        await page.reload();
        await ready(page);
        await page.locator('.view-lines').getByText('my python').waitFor();
        await page.getByLabel('Language', { exact: true }).selectOption('javascript');
        await page.locator('.view-lines').getByText('my javascript').waitFor();
        await run(page);
        expect(await stream(page, 'stdout').textContent()).toBe('my javascript\n');
      }));

    it('runs what was typed the moment before', () =>
      on(async (page) => {
        await write(page, 'print("a")');
        await page.keyboard.type('\nprint("b")');
        await run(page);
        expect(await stream(page, 'stdout').textContent()).toBe('a\nb\n');
      }));

    it('stays as it is when other languages can be run than before', () =>
      on(async (page) => {
        // An engine whose runner is not there yet.
        await page.route('**/api/languages', async (route) => {
          const answer = await route.fetch();
          const { languages } = (await answer.json()) as { languages: object[] };
          await route.fulfill({
            response: answer,
            json: { languages: languages.map((one) => ({ ...one, available: false })) },
          });
        });
        await page.reload();
        await ready(page);
        await write(page, 'print("kept")');
        const editor = page.locator('.monaco-editor').first();
        await editor.evaluate((element) => element.setAttribute('data-before', ''));
        const missing = page.locator('option[value=python]', { hasText: 'not available' });
        await missing.waitFor({ state: 'attached' });
        await page.unroute('**/api/languages');
        await missing.waitFor({ state: 'detached' });
        expect(await editor.getAttribute('data-before')).toBe('');
        expect(await run(page)).toBe('ok');
        expect(await stream(page, 'stdout').textContent()).toBe('kept\n');
      }));

    it('has files as tabs: adds, renames, runs and removes them', () =>
      on(async (page) => {
        await write(page, 'import util\nprint(util.twice(21))');
        await page.getByRole('button', { name: 'New file' }).click();
        await page.getByLabel('File name').fill('util.py');
        await page.keyboard.press('Enter');
        await page.getByRole('tab', { name: 'util.py' }).waitFor();
        await write(page, 'def twice(n):\n    return n * 2');
        await run(page);
        expect(await stream(page, 'stdout').textContent()).toBe('42\n');
        await page.getByRole('button', { name: 'Close util.py' }).click();
        expect(await page.getByRole('tab', { name: 'util.py' }).count()).toBe(0);
      }));

    it('opens a dropped file and switches to its language', () =>
      on(async (page) => {
        const transfer = await page.evaluateHandle(() => {
          const data = new DataTransfer();
          data.items.add(new File(['console.log("dropped")'], 'thing.js', { type: 'text/javascript' }));
          return data;
        });
        await page.dispatchEvent('[data-region=editor]', 'drop', { dataTransfer: transfer });
        await page.locator('.view-lines').getByText('dropped').waitFor();
        expect(await page.getByLabel('Language', { exact: true }).inputValue()).toBe('javascript');
      }));

    it('downloads the file that is shown', () =>
      on(async (page) => {
        await write(page, 'print("to keep")');
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name: 'Download this file' }).click(),
        ]);
        expect(download.suggestedFilename()).toBe('main.py');
        expect(readFileSync(await download.path(), 'utf8')).toBe('print("to keep")');
      }));

    it('goes back to the example, and undo brings the code back', () =>
      on(async (page) => {
        await write(page, 'print("mine")');
        await page.getByRole('button', { name: 'Back to the example' }).click();
        await page.locator('.view-lines').getByText('collections').waitFor();
        await page.locator('[data-region=editor]').click();
        await page.keyboard.press('ControlOrMeta+Z');
        await page.locator('.view-lines').getByText('mine').waitFor();
      }));

    it('keeps the indentation that a file has', () =>
      on(async (page) => {
        const tabbed = new File(['if (1) {\n\tconsole.log(1);\n\tconsole.log(2);\n}\n'], 'tabs.js');
        const text = await tabbed.text();
        const transfer = await page.evaluateHandle((content) => {
          const data = new DataTransfer();
          data.items.add(new File([content], 'tabs.js'));
          return data;
        }, text);
        await page.dispatchEvent('[data-region=editor]', 'drop', { dataTransfer: transfer });
        await page.getByText('Tabs', { exact: true }).waitFor();
      }));

    it('takes vim keys', () =>
      on(async (page) => {
        await write(page, 'print("one")');
        await page.getByRole('button', { name: 'Settings' }).click();
        await page.getByLabel('Vim keys').check();
        await page.keyboard.press('Escape');
        await page.locator('.vim-status').getByText('NORMAL').waitFor();
        await page.locator('[data-region=editor]').click();
        await page.keyboard.type('yyp');
        await run(page);
        expect(await stream(page, 'stdout').textContent()).toBe('one\none\n');
      }));

    it('changes theme and font size, and remembers them', () =>
      on(async (page) => {
        await page.getByRole('button', { name: 'Settings' }).click();
        await page.getByText('Dark', { exact: true }).click();
        await page.getByRole('button', { name: 'Larger' }).click();
        await page.reload();
        await ready(page);
        expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
        expect(await page.locator('.view-lines').evaluate((lines) => getComputedStyle(lines).fontSize)).toBe(
          '15px',
        );
      }));

    it('speaks German where the browser asks for it', () =>
      on(
        async (page) => {
          expect(await page.locator('html').getAttribute('lang')).toBe('de');
          await page.getByRole('button', { name: 'Ausführen' }).first().click();
          await page.getByText('Beendet').waitFor();
        },
        { locale: 'de-AT' },
      ));

    it('remembers the sizes of its panels', () =>
      on(async (page) => {
        const handle = page.getByRole('separator', { name: 'Resize Results' });
        await handle.focus();
        await page.keyboard.press('ArrowLeft');
        const value = await handle.getAttribute('aria-valuenow');
        expect(value).toBe('53');
        await page.reload();
        await ready(page);
        expect(await handle.getAttribute('aria-valuenow')).toBe(value);
      }));
  });
}
