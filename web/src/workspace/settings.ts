import * as z from 'zod/mini';
import { readStored, writeStored } from '../lib/storage.ts';
import { createStore, useStore } from '../lib/store.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export const FONT_SIZES = { min: 10, max: 24, default: 14 } as const;

const SettingsSchema = z.object({
  theme: z.enum(THEMES),
  fontSize: z.int().check(z.minimum(FONT_SIZES.min), z.maximum(FONT_SIZES.max)),
  vim: z.boolean(),
  wrap: z.boolean(),
  /** null: what the browser asks for. */
  locale: z.nullable(z.string()),
  /** Shares of the resizable panels, by panel, in percent. */
  panels: z.record(z.string(), z.number()),
  /** The first line of explanation was closed. */
  introduced: z.boolean(),
});
export type Settings = z.output<typeof SettingsSchema>;

const DEFAULTS: Settings = {
  theme: 'system',
  fontSize: FONT_SIZES.default,
  vim: false,
  wrap: false,
  locale: null,
  panels: {},
  introduced: false,
};

const NAME = 'rce:settings';
const stored = readStored(NAME, SettingsSchema);
const asked = new URLSearchParams(globalThis.location?.search).get('theme');
const theme = THEMES.find((name) => name === asked);
export const settings = createStore<Settings>({ ...DEFAULTS, ...stored, ...(theme ? { theme } : {}) });

export function useSettings<Part>(select: (value: Settings) => Part): Part {
  return useStore(settings, select);
}

export function changeSettings(part: Partial<Settings>): void {
  settings.set((value) => ({ ...value, ...part }));
  writeStored(NAME, settings.get());
}
