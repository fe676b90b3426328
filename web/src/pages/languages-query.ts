import { useQuery } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { fetchLanguages, type Language } from '../api/client.ts';
import { readStored, writeStored } from '../lib/storage.ts';

const NAME = 'rce:languages';
/** Runners come and go, and with them what can be run. */
const REFRESH_MS = { some: 60_000, none: 3_000 } as const;

const LanguagesSchema = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    version: z.nullable(z.string()),
    fileName: z.string(),
    editorMode: z.string(),
    example: z.string(),
    analysis: z.boolean(),
    available: z.boolean(),
    unavailable: z.optional(z.string()),
    driver: z.nullable(z.enum(['docker', 'wasm'])),
  }),
);

/** The languages of the engine; at first those of the last visit, so that the page is complete at once. */
export function useLanguages(): readonly Language[] | undefined {
  const { data } = useQuery({
    queryKey: ['languages'],
    queryFn: async ({ signal }) => {
      const languages = await fetchLanguages(signal);
      writeStored(NAME, languages);
      return languages;
    },
    initialData: () => (readStored(NAME, LanguagesSchema) as Language[] | null) ?? undefined,
    initialDataUpdatedAt: 0,
    refetchInterval: ({ state }) =>
      state.data?.some((language) => language.available) ? REFRESH_MS.some : REFRESH_MS.none,
    retry: true,
    retryDelay: (attempt) => Math.min(5_000, 500 * 2 ** attempt),
  });
  return data;
}
