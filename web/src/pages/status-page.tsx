import { useLocale } from '../messages/messages.tsx';
import { Logo } from '../workbench/header.tsx';
import { useLanguages } from './languages-query.ts';

/** `/status`: what this engine can run just now. */
export function StatusPage() {
  const { t } = useLocale();
  const languages = useLanguages();
  return (
    <main className="mx-auto h-dvh max-w-3xl overflow-auto p-6">
      <h1 className="flex items-center gap-2.5 text-lg font-semibold tracking-tight">
        <a href="/" aria-label={t.app.toEditor}>
          <Logo />
        </a>
        {t.status.title}
      </h1>
      <h2 className="mt-6 mb-2 font-medium">{t.status.languages}</h2>
      <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
        {languages?.map((language) => (
          <li key={language.id} className="flex flex-wrap items-center gap-x-3 px-4 py-2.5">
            <span className={`size-2 rounded-full ${language.available ? 'bg-ok' : 'bg-strong'}`} />
            <span className="font-medium">{language.name}</span>
            <span className="text-muted">
              {language.version ?? language.unavailable ?? t.language.unavailable}
            </span>
            <span className="flex-1" />
            <span className="text-muted">{language.driver === null ? '' : t.drivers[language.driver]}</span>
          </li>
        ))}
      </ul>
    </main>
  );
}
