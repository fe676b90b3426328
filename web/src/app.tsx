import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Component, lazy, type ReactNode, Suspense, useEffect } from 'react';
import { LocaleProvider, useLocale } from './messages/messages.tsx';
import { EditorPage } from './pages/editor-page.tsx';
import { MessagePage } from './pages/page-frame.tsx';
import { Button } from './ui/controls.tsx';
import { Toast } from './ui/toast.tsx';
import { useSettings } from './workspace/settings.ts';

const JobPage = lazy(async () => ({ default: (await import('./pages/job-page.tsx')).JobPage }));
const StatusPage = lazy(async () => ({ default: (await import('./pages/status-page.tsx')).StatusPage }));

/** The same paths as PAGE_ROUTES of security-headers.ts, which hosts answer with index.html. */
function Route() {
  const { t } = useLocale();
  const path = location.pathname;
  const jobId = /^\/j\/([^/]+)\/?$/.exec(path)?.[1];
  if (jobId !== undefined) return <JobPage jobId={jobId} />;
  if (path === '/status') return <StatusPage />;
  if (path === '/' || path === '/index.html') return <EditorPage />;
  return <MessagePage title={t.app.notFound} />;
}

function Theme() {
  const theme = useSettings((value) => value.theme);
  const fontSize = useSettings((value) => value.fontSize);
  useEffect(() => {
    const root = document.documentElement;
    if (theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = theme;
    root.style.setProperty('--code-size', `${Math.max(10, fontSize - 1)}px`);
  }, [theme, fontSize]);
  return null;
}

function Crashed() {
  const { t } = useLocale();
  return (
    <MessagePage title={t.app.crashed}>
      <Button onClick={() => location.reload()}>{t.app.reload}</Button>
    </MessagePage>
  );
}

class FaultBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Crashed /> : this.props.children;
  }
}

const queries = new QueryClient();

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <LocaleProvider>
        <Theme />
        <FaultBoundary>
          <Suspense>
            <Route />
          </Suspense>
          <Toast />
        </FaultBoundary>
      </LocaleProvider>
    </QueryClientProvider>
  );
}
