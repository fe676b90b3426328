import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../e2e/support/machine.ts';

/** Chromium as these tests use it: no sandbox of its own (tests run as root), and nothing of its own accord. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1360, height: 850 }, locale: 'en-US' };
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  locale: 'en-US',
};

export async function launch(flags: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium() ?? '', args: [...FLAGS, ...flags] });
}

/** The full editor is there. */
export async function ready(page: Page): Promise<void> {
  await page.waitForSelector('[data-region=editor][data-ready]');
}

/** Replaces the program by pasting, as a person does who brings one along. */
export async function write(page: Page, code: string): Promise<void> {
  await page.locator('[data-region=editor]').click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    );
  }, code);
}
