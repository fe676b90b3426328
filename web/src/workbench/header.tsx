import { useState } from 'react';
import type { Language } from '../api/client.ts';
import { RUN_KEYS } from '../lib/media.ts';
import { useLocale } from '../messages/messages.tsx';
import { useActiveRun } from '../run/runs.ts';
import { packWorkspace } from '../share/fragment.ts';
import { Button, IconButton, Select } from '../ui/controls.tsx';
import { useWorkspace } from '../workspace/store.ts';
import { useWorkbench } from './context.ts';
import { HistoryDialog } from './history-dialog.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import { ShareDialog } from './share-dialog.tsx';

export function Logo() {
  return (
    <svg viewBox="0 0 32 32" className="size-6 shrink-0" aria-hidden="true">
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path
        d="M9 10l6 6-6 6"
        fill="none"
        stroke="#fff"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path d="M17.5 22H23" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
    </svg>
  );
}

function LanguageSelect() {
  const { t } = useLocale();
  const { workspace, languages } = useWorkbench();
  const id = useWorkspace(workspace, (value) => value.language);
  const text = (language: Language) => {
    if (!language.available) return `${language.name} (${t.language.unavailable})`;
    return language.version === null ? language.name : `${language.name} ${shortVersion(language)}`;
  };
  return (
    <Select
      hideLabel
      label={t.language.label}
      value={id}
      onChange={(event) => {
        const to = languages.find((language) => language.id === event.target.value);
        if (to !== undefined) workspace.switchLanguage(to);
      }}
    >
      {!languages.some((language) => language.id === id) && <option value={id}>{id}</option>}
      {languages.map((language) => (
        <option key={language.id} value={language.id} disabled={!language.available && language.id !== id}>
          {text(language)}
        </option>
      ))}
    </Select>
  );
}

/** Runtimes print their version in many ways: `Python 3.13.1`, `v24.1.0`, `go version go1.23.1 linux/amd64`. */
function shortVersion({ version }: Language): string {
  return /\d+(?:\.\d+)+/.exec(version ?? '')?.[0] ?? version ?? '';
}

function DriverBadge({ language }: { language: Language | undefined }) {
  const { t } = useLocale();
  if (language?.driver == null) return null;
  return (
    <span
      title={t.driverHints[language.driver]}
      className="hidden items-center gap-1.5 text-muted sm:inline-flex"
      data-driver={language.driver}
    >
      <span className={`size-1.5 rounded-full ${language.driver === 'docker' ? 'bg-ok' : 'bg-warn'}`} />
      {t.drivers[language.driver]}
    </span>
  );
}

function RunButton() {
  const { t } = useLocale();
  const { runs, run } = useWorkbench();
  const active = useActiveRun(runs);
  if (active !== null) {
    return (
      <Button
        kind="danger"
        icon="stop"
        title={t.run.cancelShortcut}
        disabled={active.cancelling}
        onClick={() => void runs.cancel()}
      >
        {t.run.cancel}
      </Button>
    );
  }
  return (
    <Button kind="primary" icon="play" title={t.run.shortcut(RUN_KEYS)} onClick={() => run('run')}>
      {t.run.run}
      <span aria-hidden="true" className="ml-0.5 text-xs pointer-coarse:hidden">
        {RUN_KEYS}
      </span>
    </Button>
  );
}

function OpenInFull() {
  const { t } = useLocale();
  const { workspace } = useWorkbench();
  const open = async () => {
    // Opened before the await: only then does the browser know that a click asked for it.
    const page = window.open('', '_blank');
    const fragment = await packWorkspace(workspace.read());
    if (page !== null) {
      page.opener = null;
      page.location.href = `${location.origin}/${fragment}`;
    }
  };
  return <IconButton icon="external" label={t.embed.open} onClick={() => void open()} />;
}

type DialogName = 'history' | 'share' | 'settings';

export function Header({ language }: { language: Language | undefined }) {
  const { t } = useLocale();
  const { embedded } = useWorkbench();
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const close = () => setDialog(null);
  return (
    <header
      className="flex h-13 shrink-0 items-center gap-2 border-b md:gap-3 border-line bg-surface px-3 md:px-4"
      data-region="header"
    >
      {embedded ? (
        <h1 className="sr-only">{t.app.title}</h1>
      ) : (
        <h1 className="text-sm font-semibold tracking-tight max-sm:sr-only">
          <a href="/" className="flex items-center gap-2 rounded-md">
            <Logo />
            <span className="max-md:sr-only">{t.app.title}</span>
          </a>
        </h1>
      )}
      <LanguageSelect />
      <DriverBadge language={language} />
      <span className="flex-1" />
      <RunButton />
      {embedded ? (
        <OpenInFull />
      ) : (
        <nav aria-label={t.app.tools} className="flex items-center">
          <IconButton icon="share" label={t.share.title} onClick={() => setDialog('share')} />
          <IconButton icon="history" label={t.history.title} onClick={() => setDialog('history')} />
          <IconButton icon="settings" label={t.settings.title} onClick={() => setDialog('settings')} />
        </nav>
      )}
      {dialog === 'history' && <HistoryDialog onClose={close} />}
      {dialog === 'share' && <ShareDialog onClose={close} />}
      {dialog === 'settings' && <SettingsDialog onClose={close} />}
    </header>
  );
}
