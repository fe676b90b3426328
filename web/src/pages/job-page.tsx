import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { fetchJob, type Job, RequestFailure } from '../api/client.ts';
import { useLocale } from '../messages/messages.tsx';
import { RunFailure } from '../panels/run-failure.tsx';
import { RunController } from '../run/runs.ts';
import { Workbench } from '../workbench/workbench.tsx';
import { WorkspaceStore } from '../workspace/store.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { useLanguages } from './languages-query.ts';
import { MessagePage, OfflineBanner } from './page-frame.tsx';
import { SharedBanner } from './shared-banner.tsx';

/** The program of a job; its input and its tests are not part of what is shared. */
function toWorkspace(job: Job, fileName: string): Workspace {
  const { code, files = [], entry } = job.source;
  const own = code === undefined ? [] : [{ path: fileName, content: code }];
  const all = [...own, ...files].toSorted((a, b) => Number(b.path === entry) - Number(a.path === entry));
  return { language: job.language, files: all, active: 0, stdin: '', args: '', tests: [] };
}

/** `/j/:jobId`: a job with its code and its result. */
export function JobPage({ jobId }: { jobId: string }) {
  const { t, format } = useLocale();
  const languages = useLanguages();
  const {
    data: job,
    error,
    refetch,
  } = useQuery({
    queryKey: ['job', jobId],
    queryFn: ({ signal }) => fetchJob(jobId, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: (count, failure) => failure instanceof RequestFailure && failure.isTemporary && count < 5,
  });
  const fileName = languages?.find(({ id }) => id === job?.language)?.fileName;
  const session = useMemo(() => {
    if (job === undefined || fileName === undefined) return null;
    const workspace = toWorkspace(job, fileName);
    const runs = new RunController(false);
    runs.show(job, workspace);
    return { workspace: new WorkspaceStore(workspace, false), runs };
  }, [job, fileName]);
  useEffect(() => () => session?.runs.dispose(), [session]);

  if (error instanceof RequestFailure) {
    const known = t.failures[error.code] ?? t.failures.other ?? '';
    return error.code === 'job-not-found' || error.code === 'invalid-input' ? (
      <MessagePage title={known} />
    ) : (
      <MessagePage title={t.app.title}>
        <RunFailure failure={error} onRetry={() => void refetch()} />
      </MessagePage>
    );
  }
  if (session === null || job === undefined || languages === undefined) return <OfflineBanner />;
  const keep = () => {
    new WorkspaceStore(session.workspace.read(), true).save();
    location.assign('/');
  };
  const text = `${t.shared.result(format.dateTime(job.createdAt))}, ${t.shared.expires(format.dateTime(job.expiresAt))}`;
  return (
    <Workbench
      workspace={session.workspace}
      runs={session.runs}
      languages={languages}
      embedded={false}
      initialView={job.tests === undefined ? 'output' : 'tests'}
      banner={
        <>
          <OfflineBanner />
          <SharedBanner text={text} onKeep={keep} />
        </>
      }
    />
  );
}
