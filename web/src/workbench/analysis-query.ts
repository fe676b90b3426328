import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type AnalysisReport, analyze, type Language } from '../api/client.ts';
import { useWorkspace, type WorkspaceStore } from '../workspace/store.ts';

/** Milliseconds without a key press before the program is sent to be read. */
const DEBOUNCE_MS = 500;

function useDebounced<Value>(value: Value, ms: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/** The report on the file in the editor, as it is being written. */
export function useAnalysis(
  workspace: WorkspaceStore,
  language: Language | undefined,
): UseQueryResult<AnalysisReport> {
  const content = useWorkspace(workspace, ({ files, active }) => files[active]?.content ?? '');
  const code = useDebounced(content, DEBOUNCE_MS);
  const id = language?.id ?? '';
  return useQuery({
    queryKey: ['analysis', id, code],
    queryFn: ({ signal }) => analyze(id, code, signal),
    enabled: language?.analysis === true && code.trim() !== '',
    placeholderData: (previous) => (previous?.language === id ? previous : undefined),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: 1,
  });
}
