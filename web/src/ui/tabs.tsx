import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react';
import { Icon, type IconName } from './icons.tsx';

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly label: string;
  readonly icon?: IconName;
  /** A short mark behind the label, for example a count. */
  readonly badge?: ReactNode;
  readonly panel: ReactNode;
}

interface TabsProps<Id extends string> {
  label: string;
  tabs: readonly Tab<Id>[];
  active: Id;
  onSelect(id: Id): void;
  /** Under the panel, with icons, as a phone has it. */
  bottom?: boolean;
}

/** Tabs as the ARIA authoring practices have them: arrows move, Home and End jump. */
export function Tabs<Id extends string>({ label, tabs, active, onSelect, bottom = false }: TabsProps<Id>) {
  const base = useId();
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.id === active);
    const moves: Record<string, number> = {
      ArrowRight: (at + 1) % tabs.length,
      ArrowLeft: (at - 1 + tabs.length) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    };
    const to = tabs[moves[event.key] ?? -1];
    if (to === undefined) return;
    event.preventDefault();
    onSelect(to.id);
    list.current?.querySelector<HTMLElement>(`[data-tab="${to.id}"]`)?.focus();
  };
  return (
    <div className={`flex h-full min-h-0 flex-col ${bottom ? 'flex-col-reverse' : ''}`}>
      <div
        ref={list}
        role="tablist"
        aria-label={label}
        onKeyDown={onKeyDown}
        className={
          bottom
            ? 'grid shrink-0 auto-cols-fr grid-flow-col border-t border-line bg-surface pb-[env(safe-area-inset-bottom)]'
            : 'flex h-10 shrink-0 items-end gap-1 border-b border-line px-2'
        }
      >
        {tabs.map((tab) => {
          const selected = tab.id === active;
          return (
            <button
              key={tab.id}
              type="button"
              role="tab"
              id={`${base}-${tab.id}`}
              data-tab={tab.id}
              aria-selected={selected}
              aria-controls={`${base}-${tab.id}-panel`}
              tabIndex={selected ? 0 : -1}
              onClick={() => onSelect(tab.id)}
              className={
                bottom
                  ? `relative flex min-h-14 flex-col items-center justify-center gap-0.5 text-[11px] ${selected ? 'text-text' : 'text-muted'}`
                  : `-mb-px flex h-10 items-center gap-1.5 border-b-2 px-2.5 transition-colors ${selected ? 'border-accent text-text' : 'border-transparent text-muted hover:text-text'}`
              }
            >
              {bottom && tab.icon !== undefined && (
                <span className={`rounded-full px-3 py-0.5 ${selected ? 'bg-accent-soft text-text' : ''}`}>
                  <Icon name={tab.icon} className="size-5" />
                </span>
              )}
              <span>{tab.label}</span>
              {tab.badge !== undefined && (
                <span className={bottom ? 'absolute top-1.5 left-1/2 ml-3' : ''}>{tab.badge}</span>
              )}
            </button>
          );
        })}
      </div>
      {tabs.map((tab) => (
        <div
          key={tab.id}
          role="tabpanel"
          id={`${base}-${tab.id}-panel`}
          aria-labelledby={`${base}-${tab.id}`}
          hidden={tab.id !== active}
          className="min-h-0 flex-1"
        >
          {tab.panel}
        </div>
      ))}
    </div>
  );
}

export function Count({
  value,
  tone = 'muted',
}: {
  value: ReactNode;
  tone?: 'muted' | 'bad' | 'ok' | 'warn';
}) {
  const tones = {
    muted: 'bg-hover text-muted',
    bad: 'bg-bad-soft text-bad',
    ok: 'bg-ok-soft text-ok',
    warn: 'bg-warn-soft text-warn',
  };
  return (
    <span
      className={`inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-full px-1.5 text-[11px] font-medium tabular-nums ${tones[tone]}`}
    >
      {value}
    </span>
  );
}
