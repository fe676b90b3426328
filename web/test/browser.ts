import { afterAll, beforeAll, expect } from '@jest/globals';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
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

/** How tests open the page of one engine. */
export interface Browsing {
  /** Opens it as somebody who was never here, with nothing loaded yet. */
  visit(path?: string, options?: BrowserContextOptions): Promise<Visit>;
  /** Opens it, lets `body` use it, and expects no fault. */
  on(
    body: (page: Page, visit: Visit) => Promise<void>,
    options?: BrowserContextOptions & { path?: string; tolerates?: RegExp },
  ): Promise<void>;
}

/** One browser for all tests of an engine. */
export function useBrowser(url: () => string): Browsing {
  let browser: Browser;
  let warm: Promise<WarmContext> | undefined;
  beforeAll(async () => {
    // Pages of a context share a process, in which the editor is compiled already.
    browser = await launch(['--process-per-site']);
  }, PATIENCE_MS);
  afterAll(() => browser.close());

  const newContext = (options: BrowserContextOptions = {}) =>
    browser.newContext({
      ...DESKTOP,
      // What is looked at is how things are, not how they come about.
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
      acceptDownloads: true,
      ...options,
    });

  async function open(context: BrowserContext, path: string, close: () => Promise<void>): Promise<Visit> {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const faults = watch(page, new URL(url()).origin);
    await page.goto(`${url()}${path}`);
    return { page, faults, close: () => page.close().then(close) };
  }

  /** In a context that was here before, of which it finds nothing but the browser's cache. */
  async function warmVisit(path: string): Promise<Visit> {
    warm ??= newContext().then(async (context) => {
      const anchor = await context.newPage();
      await anchor.goto(`${url()}/robots.txt`);
      return { context, anchor };
    });
    const { context, anchor } = await warm;
    await anchor.evaluate(() => localStorage.clear());
    return open(context, path, async () => {});
  }

  async function visit(path = '/', options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await newContext(options);
    return open(context, path, () => context.close());
  }

  return {
    visit,
    async on(body, { path = '/', tolerates, ...options } = {}) {
      const opened = await (Object.keys(options).length === 0 ? warmVisit(path) : visit(path, options));
      try {
        await ready(opened.page);
        await body(opened.page, opened);
        const faults = opened.faults.filter((fault) => tolerates === undefined || !tolerates.test(fault));
        expect(faults).toEqual([]);
      } catch (error) {
        // Whatever it left behind is nothing that the next test should meet.
        warm = undefined;
        throw error;
      } finally {
        await opened.close();
      }
    },
  };
}

interface WarmContext {
  readonly context: BrowserContext;
  /** Keeps the process alive between tests. */
  readonly anchor: Page;
}

/** What the page does that it must not do, as it happens. */
function watch(page: Page, ownOrigin: string): string[] {
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== ownOrigin && !['data:', 'blob:'].includes(protocol)) faults.push(`asked ${request.url()}`);
  });
  return faults;
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
