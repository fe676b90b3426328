import { describe, expect, it } from '@jest/globals';
import type { Target } from '../../e2e/support/describe-engines.ts';
import { type Browsing, run, stream, verdict, write } from './browser.ts';

/** Programs, output and links of people who mean harm. */
export function hostileSpec({ on, visit }: Browsing, target: Target): void {
  describe('hostile content', () => {
    it('shows markup as text', () =>
      on(async (page) => {
        const markup = '<script>document.title="pwned"</script><img src=x onerror=document.title="pwned">';
        await write(page, `import sys\nprint('''${markup}''')\nprint('''${markup}''', file=sys.stderr)`);
        await run(page);
        expect(await stream(page, 'stdout').textContent()).toBe(`${markup}\n`);
        expect(await stream(page, 'stderr').textContent()).toBe(`${markup}\n`);
        expect(await page.title()).toBe('RCE Engine');
        expect(await page.locator('[data-stream] img, [data-stream] script').count()).toBe(0);
      }));

    it('lets no escape sequence but colours through, and names invisible characters', () =>
      on(async (page) => {
        await write(
          page,
          String.raw`print("a\x1b[2J\x1b[H\x1b]0;title\x07\x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x07\x1b[6n\x1b[?1049hb\x00\u202eabc\u202c")`,
        );
        await run(page);
        expect(await stream(page, 'stdout').textContent()).toBe('alinkb␀‹U+202E›abc‹U+202C›\n');
        expect(await page.locator('[data-stream] a').count()).toBe(0);
      }));

    it('stays usable with one line of all the output there can be, in ever changing colours', () =>
      on(async (page) => {
        await write(page, 'print("\x1b[31mx\x1b[32my" * 10**5)');
        expect(await run(page)).toBe('output-limit-exceeded');
        await page.getByRole('tab', { name: 'Tests' }).click();
        await page.getByText('No tests yet.').waitFor();
      }));

    it('stays usable with 10 MB in one line, should an engine send that', () =>
      on(async (page) => {
        await page.route('**/api/status/**', async (route) => {
          const answer = await route.fetch();
          if (answer.status() !== 200) return route.fulfill({ response: answer });
          const job = (await answer.json()) as object;
          return route.fulfill({ response: answer, json: { ...job, output: 'x'.repeat(10_000_000) } });
        });
        await page.keyboard.press('ControlOrMeta+Enter');
        await verdict(page);
        await page.getByText('are not shown').waitFor();
        await page.getByRole('tab', { name: 'Tests' }).click();
        await page.getByText('No tests yet.').waitFor();
      }));

    it('names marks in a program that turn its text around', () =>
      on(async (page) => {
        await write(page, 'access = "user\u202e \u2066# admin\u2069 \u2066"\nprint(1)');
        await page.locator('.view-lines .mtkcontrol, .view-lines .unicode-highlight').first().waitFor();
      }));

    it.each([
      ['no code', '#code='],
      ['no base64', '#code=%%%'],
      ['no deflate', '#code=AAAA'],
      ['another shape', '#code=q1YqSVWyUkpMTFSqBQA'],
    ])('refuses a link with %s and goes on', async (_, fragment) => {
      const { page, faults, close } = await visit(`/${fragment}`);
      await page.getByText('This link is damaged').waitFor();
      await page.waitForSelector('[data-region=editor][data-ready]');
      expect(faults).toEqual([]);
      await close();
    });

    it('survives storage that holds something else', () =>
      on(async (page) => {
        await page.evaluate(() => {
          for (const name of ['settings', 'language', 'draft:python', 'history', 'languages']) {
            localStorage.setItem(`rce:${name}`, '{"files": 7, "theme": ["<script>"]');
          }
        });
        await page.reload();
        await page.waitForSelector('[data-region=editor][data-ready]');
        expect(await run(page)).toBe('ok');
      }));

    it('runs under a policy that forbids inline scripts, eval and other hosts', async () => {
      const response = await fetch(target.url);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).not.toContain('unsafe-eval');
      expect(policy).toContain("connect-src 'self'");
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    });
  });
}
