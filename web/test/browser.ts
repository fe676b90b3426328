import { afterAll, beforeAll, expect } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { DESKTOP, launch, ready } from './chromium.ts';

export { DESKTOP, PHONE, ready, write } from './chromium.ts';

/** Milliseconds that anything on the page may take on a machine that does other things as well. */
export const PATIENCE_MS = 30_000;

export interface Visit {
  readonly page: Page;
  /** What the page must not do: write to the console as an error, fail, ask another host. */
  readonly faults: string[];
  close(): Promise<void>;
}

/** A browser for the tests of one describe, and visits in it that share nothing. */
export function useBrowser(url: () => string) {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  }, PATIENCE_MS);
  afterAll(() => browser.close());

  async function visit(path = '/', options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await browser.newContext({
      ...DESKTOP,
      // What is looked at is how things are, not how they come about.
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
      acceptDownloads: true,
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const faults: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== new URL(url()).origin && !['data:', 'blob:'].includes(protocol)) {
        faults.push(`asked ${request.url()}`);
      }
    });
    await page.goto(`${url()}${path}`);
    return { page, faults, close: () => context.close() };
  }

  /** Opens the page, lets `body` use it, and expects no fault. */
  return {
    visit,
    async on(
      body: (page: Page, visit: Visit) => Promise<void>,
      options: BrowserContextOptions & { path?: string; tolerates?: RegExp } = {},
    ): Promise<void> {
      const { path, tolerates, ...context } = options;
      const opened = await visit(path, context);
      try {
        await ready(opened.page);
        await body(opened.page, opened);
        const faults = opened.faults.filter((fault) => tolerates === undefined || !tolerates.test(fault));
        expect(faults).toEqual([]);
      } finally {
        await opened.close();
      }
    },
  };
}

/** Runs the program by key, and waits for its verdict. */
export async function run(page: Page): Promise<string> {
  await page.keyboard.press('ControlOrMeta+Enter');
  return verdict(page);
}

export async function verdict(page: Page): Promise<string> {
  // A run that is going on has a step; the verdict of the run before is gone by then.
  const mark = page.locator('main:not(:has([data-step])) p[data-verdict]');
  await mark.waitFor();
  return (await mark.getAttribute('data-verdict')) ?? '';
}

export function stream(page: Page, name: 'stdout' | 'stderr') {
  return page.locator(`[data-stream=${name}] .font-mono.whitespace-pre-wrap`);
}
