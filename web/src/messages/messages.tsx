import { createContext, use, useEffect, useMemo, useState } from 'react';
import { createFormats, type Formats } from '../lib/format.ts';
import { useSettings } from '../workspace/settings.ts';
import { messages as english, type Messages } from './en.ts';

/** Every file here but en.ts is a language of the page, loaded when it is asked for. */
const FILES = import.meta.glob<{ messages: Messages }>(['./*.ts', '!./en.ts']);

export const LOCALES: readonly string[] = [
  'en',
  ...Object.keys(FILES).map((path) => path.slice('./'.length, -'.ts'.length)),
].toSorted();

interface Locale {
  readonly t: Messages;
  readonly format: Formats;
}

const LocaleContext = createContext<Locale>({ t: english, format: createFormats('en') });

export function useLocale(): Locale {
  return use(LocaleContext);
}

/** The first language that both the reader and this page know. */
export function chooseLocale(wanted: readonly string[]): string {
  const bases = wanted.map((tag) => tag.toLowerCase().split('-')[0] ?? '');
  return bases.find((base) => LOCALES.includes(base)) ?? 'en';
}

async function loadMessages(locale: string): Promise<Messages> {
  const load = FILES[`./${locale}.ts`];
  return load === undefined ? english : (await load()).messages;
}

export function LocaleProvider({ children }: { children: React.ReactNode }) {
  const chosen = useSettings((value) => value.locale);
  const locale = chosen ?? chooseLocale(navigator.languages);
  const [loaded, setLoaded] = useState<{ locale: string; t: Messages } | null>(
    locale === 'en' ? { locale, t: english } : null,
  );
  useEffect(() => {
    let current = true;
    loadMessages(locale).then(
      (t) => current && setLoaded({ locale, t }),
      // Offline: English is better than nothing.
      () => current && setLoaded({ locale: 'en', t: english }),
    );
    return () => {
      current = false;
    };
  }, [locale]);
  useEffect(() => {
    if (loaded !== null) document.documentElement.lang = loaded.locale;
  }, [loaded]);
  const value = useMemo(() => loaded && { t: loaded.t, format: createFormats(loaded.locale) }, [loaded]);
  return value && <LocaleContext value={value}>{children}</LocaleContext>;
}
