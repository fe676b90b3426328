import { useEffect, useState } from 'react';
import { randomId } from '../lib/random-id.ts';
import { useLocale } from '../messages/messages.tsx';
import { RunController } from '../run/runs.ts';
import { isPacked, unpackWorkspace } from '../share/fragment.ts';
import { say } from '../ui/toast.tsx';
import { Workbench } from '../workbench/workbench.tsx';
import { storedWorkspace, WorkspaceStore } from '../workspace/store.ts';
import { draftOf } from '../workspace/workspace.ts';
import { useLanguages } from './languages-query.ts';
import { OfflineBanner } from './page-frame.tsx';
import { SharedBanner } from './shared-banner.tsx';

const DEFAULT_LANGUAGE = 'python';
const parameters = new URLSearchParams(location.search);
const embedded = parameters.get('embed') === '1';

interface Session {
  /** A workbench belongs to one session: another one begins afresh. */
  readonly id: string;
  readonly workspace: WorkspaceStore;
  readonly runs: RunController;
  readonly shared: boolean;
}

function session(workspace: WorkspaceStore, shared: boolean): Session {
  return { id: randomId(), workspace, runs: new RunController(workspace.persist), shared };
}

/** `/`: one's own draft; with `#code=`, code of someone else's; with `?embed=1`, a box in another page. */
export function EditorPage() {
  const { t } = useLocale();
  const languages = useLanguages();
  const [current, setCurrent] = useState<Session | null>(() => {
    if (embedded || isPacked(location.hash)) return null;
    const stored = storedWorkspace();
    return stored === null ? null : session(new WorkspaceStore(stored, true), false);
  });

  // Another fragment in the address bar is another program, but no new page.
  const [fragment, setFragment] = useState(location.hash);
  useEffect(() => {
    const onHashChange = () => {
      // What was typed a moment ago is about to leave the page.
      current?.workspace.save();
      setFragment(location.hash);
    };
    addEventListener('hashchange', onHashChange);
    return () => removeEventListener('hashchange', onHashChange);
  }, [current]);
  useEffect(() => {
    if (!isPacked(fragment)) return;
    let stale = false;
    void unpackWorkspace(fragment).then((workspace) => {
      if (stale) return;
      if (workspace === null) say(t.shared.broken);
      setCurrent(workspace === null ? null : session(new WorkspaceStore(workspace, false), true));
      if (workspace === null) setFragment('');
    });
    return () => {
      stale = true;
    };
  }, [fragment, t]);

  useEffect(() => {
    if (current !== null || isPacked(fragment) || languages === undefined) return;
    const stored = embedded ? null : storedWorkspace();
    const asked = parameters.get('language') ?? DEFAULT_LANGUAGE;
    const language = languages.find(({ id }) => id === asked) ?? languages[0];
    if (stored === null && language === undefined) return;
    const first = stored ?? {
      language: language?.id ?? '',
      ...draftOf(language?.fileName ?? '', language?.example ?? ''),
    };
    setCurrent(session(new WorkspaceStore(first, !embedded), false));
  }, [current, fragment, languages]);

  useEffect(() => {
    if (current === null) return;
    const { workspace, runs } = current;
    void runs.resume();
    const save = () => workspace.save();
    addEventListener('pagehide', save);
    document.addEventListener('visibilitychange', save);
    return () => {
      removeEventListener('pagehide', save);
      document.removeEventListener('visibilitychange', save);
      runs.dispose();
    };
  }, [current]);

  if (current === null) return <OfflineBanner />;
  const keep = () => {
    const own = new WorkspaceStore(current.workspace.read(), true);
    own.save();
    window.history.replaceState(null, '', '/');
    setFragment('');
    setCurrent(session(own, false));
  };
  return (
    <Workbench
      key={current.id}
      workspace={current.workspace}
      runs={current.runs}
      languages={languages ?? NONE}
      embedded={embedded}
      initialView="code"
      banner={
        <>
          <OfflineBanner />
          {current.shared && !embedded && <SharedBanner text={t.shared.code} onKeep={keep} />}
        </>
      }
    />
  );
}

const NONE: never[] = [];
