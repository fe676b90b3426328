import * as z from 'zod/mini';
import type { Job } from '../api/client.ts';
import { readStored, writeStored } from '../lib/storage.ts';
import { createStore } from '../lib/store.ts';
import { type Workspace, WorkspaceSchema } from './workspace.ts';

/** The last runs, kept in this browser alone. */
const EntrySchema = z.object({
  jobId: z.string(),
  at: z.number(),
  verdict: z.string(),
  executionTime: z.nullable(z.number()),
  /** The beginning of the output, to find the run again. */
  output: z.string(),
  workspace: WorkspaceSchema,
});
export type HistoryEntry = z.output<typeof EntrySchema>;

const NAME = 'rce:history';
const MAX_ENTRIES = 50;
/** Storage is about 5 MB for all of the origin; drafts need room too. */
const MAX_CHARS = 1_500_000;
const OUTPUT_CHARS = 200;

export const history = createStore<HistoryEntry[]>(readStored(NAME, z.array(EntrySchema)) ?? []);

export function remember(job: Job, workspace: Workspace): void {
  if (history.get().some((entry) => entry.jobId === job.jobId)) return;
  const entry: HistoryEntry = {
    jobId: job.jobId,
    at: Date.parse(job.createdAt),
    verdict: job.verdict ?? '',
    executionTime: job.executionTime,
    output: (job.output || job.stderr).slice(0, OUTPUT_CHARS),
    workspace,
  };
  history.set((entries) => fit([entry, ...entries]));
  writeStored(NAME, history.get());
}

function fit(entries: HistoryEntry[]): HistoryEntry[] {
  let chars = 0;
  return entries.slice(0, MAX_ENTRIES).filter((entry) => {
    chars += JSON.stringify(entry).length;
    return chars <= MAX_CHARS;
  });
}

export function forgetHistory(): void {
  history.set(() => []);
  writeStored(NAME, null);
}

/** Every word of the query is found in the language, the code, the verdict or the output. */
export function matches(entry: HistoryEntry, query: string): boolean {
  const text = [
    entry.workspace.language,
    entry.verdict,
    entry.output,
    ...entry.workspace.files.flatMap((file) => [file.path, file.content]),
  ]
    .join('\n')
    .toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
