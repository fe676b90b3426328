import type { ReactNode } from 'react';
import { RUN_KEYS } from '../lib/media.ts';
import { LOCALES, useLocale } from '../messages/messages.tsx';
import { Button, Kbd, Select } from '../ui/controls.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { changeSettings, FONT_SIZES, THEMES, useSettings } from '../workspace/settings.ts';

function nameOf(locale: string): string {
  return new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale;
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-h-11 items-center justify-between gap-4">
      <span>{label}</span>
      {children}
    </div>
  );
}

function Toggle({
  label,
  checked,
  onChange,
}: {
  label: string;
  checked: boolean;
  onChange(checked: boolean): void;
}) {
  return (
    <label className="flex min-h-11 cursor-pointer items-center justify-between gap-4">
      {label}
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        className="relative h-5 w-9 cursor-pointer appearance-none rounded-full bg-strong transition-colors before:absolute before:top-0.5 before:left-0.5 before:size-4 before:rounded-full before:bg-white before:transition-transform checked:bg-accent checked:before:translate-x-4"
      />
    </label>
  );
}

export function SettingsDialog({ onClose }: { onClose(): void }) {
  const { t } = useLocale();
  const { theme, fontSize, vim, wrap, locale } = useSettings((value) => value);
  const resize = (by: number) => changeSettings({ fontSize: fontSize + by });
  return (
    <Dialog title={t.settings.title} closeLabel={t.settings.close} onClose={onClose}>
      <Row label={t.settings.theme}>
        <fieldset className="flex rounded-lg bg-canvas p-0.5">
          <legend className="sr-only">{t.settings.theme}</legend>
          {THEMES.map((name) => (
            <label
              key={name}
              className="cursor-pointer rounded-md px-3 py-1 text-muted has-checked:bg-raised has-checked:text-text has-checked:shadow-sm has-focus-visible:outline-2 has-focus-visible:outline-accent pointer-coarse:py-2.5"
            >
              <input
                type="radio"
                name="theme"
                checked={theme === name}
                onChange={() => changeSettings({ theme: name })}
                className="sr-only"
              />
              {t.settings.themes[name]}
            </label>
          ))}
        </fieldset>
      </Row>
      <Row label={t.settings.fontSize}>
        <div className="flex items-center gap-2">
          <Button
            aria-label={t.settings.smaller}
            disabled={fontSize <= FONT_SIZES.min}
            onClick={() => resize(-1)}
          >
            −
          </Button>
          <output className="w-10 text-center tabular-nums">{fontSize} px</output>
          <Button
            aria-label={t.settings.larger}
            disabled={fontSize >= FONT_SIZES.max}
            onClick={() => resize(1)}
          >
            +
          </Button>
        </div>
      </Row>
      <Toggle label={t.settings.vim} checked={vim} onChange={(next) => changeSettings({ vim: next })} />
      <Toggle label={t.settings.wrap} checked={wrap} onChange={(next) => changeSettings({ wrap: next })} />
      <Row label={t.settings.locale}>
        <Select
          hideLabel
          label={t.settings.locale}
          value={locale ?? ''}
          onChange={(event) => changeSettings({ locale: event.target.value || null })}
        >
          <option value="">{t.settings.browser}</option>
          {LOCALES.map((code) => (
            <option key={code} value={code}>
              {nameOf(code)}
            </option>
          ))}
        </Select>
      </Row>
      <h3 className="mt-4 mb-1 font-medium">{t.settings.keys}</h3>
      <dl className="grid grid-cols-[1fr_auto] gap-y-1.5 text-muted [&>dd]:text-right">
        <dt>{t.settings.keyRun}</dt>
        <dd>
          <Kbd>{RUN_KEYS}</Kbd>
        </dd>
        <dt>{t.settings.keyCancel}</dt>
        <dd>
          <Kbd>Esc</Kbd>
        </dd>
        <dt>{t.settings.keyLeave}</dt>
        <dd>
          <Kbd>Esc</Kbd> <Kbd>Tab</Kbd>
        </dd>
        <dt>{t.settings.keyNext}</dt>
        <dd>
          <Kbd>F6</Kbd>
        </dd>
      </dl>
    </Dialog>
  );
}
