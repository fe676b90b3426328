import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type Browsing, PHONE, run, write } from './browser.ts';
import { RISKY } from './panels.spec.ts';

const FOLDER = fileURLToPath(new URL('../../docs/images/', import.meta.url));

const COLOURS = `GREEN, BOLD, OFF = "\\x1b[32m", "\\x1b[1m", "\\x1b[0m"

def primes(limit):
    sieve = bytearray([1]) * (limit + 1)
    for number in range(2, limit + 1):
        if sieve[number]:
            yield number
            for multiple in range(number * number, limit + 1, number):
                sieve[multiple] = 0

found = list(primes(20_000))
print(f"{BOLD}{len(found):,} primes{OFF} below 20,000")
for number in found[-3:]:
    print(f"  {GREEN}{number}{OFF}")
`;

async function close(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Close this hint' }).click();
}

/** The pictures in docs/: RCE_SCREENSHOTS=1 takes them anew. */
export function screenshotsSpec({ on }: Browsing): void {
  const test = process.env.RCE_SCREENSHOTS === '1' ? it : it.skip;
  describe('screenshots [skipped, not asked for: RCE_SCREENSHOTS=1 takes them anew]', () => {
    const shoot = async (page: Page, name: string) => {
      mkdirSync(FOLDER, { recursive: true });
      await page.mouse.move(0, 0);
      await page.screenshot({ path: `${FOLDER}${name}.png`, animations: 'disabled', caret: 'hide' });
    };

    test('desktop', () =>
      on(
        async (page) => {
          await close(page);
          await write(page, COLOURS);
          await run(page);
          await shoot(page, 'desktop');
        },
        { colorScheme: 'light' },
      ));

    test('dark', () =>
      on(
        async (page) => {
          await close(page);
          await write(page, COLOURS);
          await run(page);
          await shoot(page, 'dark');
        },
        { colorScheme: 'dark' },
      ));

    test('analysis', () =>
      on(
        async (page) => {
          await close(page);
          await write(page, RISKY);
          await page.getByRole('tab', { name: /Analysis/ }).click();
          await page.locator('li[data-rule]').first().waitFor();
          await page.locator('.squiggly-error').first().waitFor();
          await shoot(page, 'analysis');
        },
        { colorScheme: 'light' },
      ));

    test('tests', () =>
      on(
        async (page) => {
          await close(page);
          await write(page, 'for number in input().split():\n    print(int(number) * 2)\n');
          await page.getByRole('tab', { name: /Tests/ }).click();
          for (const [name, stdin, expected] of [
            ['one number', '21', '42'],
            ['two numbers', '1 2', '2\n5'],
            ['a word', 'x', '0'],
          ] as const) {
            await page.getByRole('button', { name: 'Add a test' }).click();
            await page.getByRole('textbox', { name: 'Input', exact: true }).fill(stdin);
            await page.getByLabel('Expected output').fill(expected);
            await page.getByLabel('Name', { exact: true }).fill(name);
          }
          await page.getByRole('button', { name: 'Run tests' }).click();
          await page.getByText('1 of 3 passed').waitFor();
          await page.getByRole('button', { name: 'Details of two numbers' }).click();
          await page.locator('[data-diff]').waitFor();
          await shoot(page, 'tests');
        },
        { colorScheme: 'dark' },
      ));

    test('phone', () =>
      on(
        async (page) => {
          await close(page);
          await shoot(page, 'phone-code');
          await page.getByRole('button', { name: 'Run' }).tap();
          await page.locator('p[data-verdict]').waitFor();
          await shoot(page, 'phone');
        },
        { ...PHONE, colorScheme: 'light' },
      ));
  });
}
