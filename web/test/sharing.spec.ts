import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { Target } from '../../e2e/support/describe-engines.ts';
import { type Browsing, ready, run, stream, verdict, write } from './browser.ts';

/** Links and code boxes. */
export function sharingSpec({ on, visit }: Browsing, target: Target): void {
  describe('sharing', () => {
    it('leads others to the result of a run, with its code', () =>
      on(async (page) => {
        await write(page, 'print("look at this")');
        await run(page);
        await page.getByRole('button', { name: 'Share' }).click();
        const link = new URL(await page.getByLabel('Link to the result').inputValue());
        const other = await visit(link.pathname);
        await ready(other.page);
        expect(await verdict(other.page)).toBe('ok');
        expect(await stream(other.page, 'stdout').textContent()).toBe('look at this\n');
        await other.page.locator('.view-lines').getByText('look at this').waitFor();
        expect(other.faults).toEqual([]);
        await other.close();
      }));

    it('carries code, input and tests in a link, and leaves the draft of the reader alone', () =>
      on(async (page) => {
        await write(page, 'print(input())');
        await page.getByLabel('Standard input').fill('carried along');
        await page.getByRole('button', { name: 'Share' }).click();
        await page.locator('input[value*="#code="]').first().waitFor();
        const link = new URL(await page.getByLabel('Link to the code').inputValue());
        const other = await visit('/');
        await ready(other.page);
        await write(other.page, 'print("my own")');
        await other.page.goto(`${target.url}/${link.hash}`);
        await other.page.getByText('Shared code').waitFor();
        await ready(other.page);
        await run(other.page);
        expect(await stream(other.page, 'stdout').textContent()).toBe('carried along\n');
        await other.page.goto(`${target.url}/`);
        await ready(other.page);
        await other.page.locator('.view-lines').getByText('my own').waitFor();
        expect(other.faults).toEqual([]);
        await other.close();
      }));

    it('says so when a job is not known', async () => {
      const { page, close } = await visit('/j/00000000-0000-4000-8000-000000000000');
      await page.getByText('This run is no longer kept').waitFor();
      await close();
    });

    it('shows a code box inside a page of another origin', async () => {
      const box = `<iframe title="box" src="${target.url}/?embed=1&language=javascript&theme=dark" width="680" height="420"></iframe>`;
      const lesson = createServer((_, response) => {
        response.setHeader('content-type', 'text/html').end(`<!doctype html><title>Lesson</title>${box}`);
      }).listen(0, '127.0.0.1');
      await once(lesson, 'listening');
      const { port } = lesson.address() as AddressInfo;
      const { page, close } = await visit('/robots.txt');
      await page.goto(`http://127.0.0.1:${port}/`);
      const frame = page.frameLocator('iframe');
      await frame.locator('[data-region=editor][data-ready]').waitFor();
      await frame.getByRole('button', { name: 'Run' }).first().click();
      await frame.locator('p[data-verdict=ok]').waitFor();
      expect(await frame.locator('html').getAttribute('data-theme')).toBe('dark');
      expect(await frame.getByRole('button', { name: 'History' }).count()).toBe(0);
      await close();
      lesson.close();
    });
  });
}
