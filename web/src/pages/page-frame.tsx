import { useSyncExternalStore } from 'react';
import { useLocale } from '../messages/messages.tsx';

export function useOnline(): boolean {
  return useSyncExternalStore(
    (listener) => {
      addEventListener('online', listener);
      addEventListener('offline', listener);
      return () => {
        removeEventListener('online', listener);
        removeEventListener('offline', listener);
      };
    },
    () => navigator.onLine,
  );
}

export function OfflineBanner() {
  const { t } = useLocale();
  return useOnline() ? null : (
    <p role="status" className="border-b border-line bg-warn-soft px-4 py-1.5 text-warn">
      {t.app.offline}
    </p>
  );
}

/** A page with nothing but a message. */
export function MessagePage({ title, children }: { title: string; children?: React.ReactNode }) {
  const { t } = useLocale();
  return (
    <main className="flex h-dvh flex-col items-center justify-center gap-3 p-6 text-center">
      <h1 className="text-base font-semibold">{title}</h1>
      {children}
      <a href="/" className="text-muted underline underline-offset-2 hover:text-text">
        {t.app.toEditor}
      </a>
    </main>
  );
}
