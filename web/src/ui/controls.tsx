import { type ComponentProps, type ReactNode, useId } from 'react';
import { Icon, type IconName } from './icons.tsx';

const BASE =
  'inline-flex items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors pointer-coarse:min-h-10';
const KINDS = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover disabled:bg-hover disabled:text-muted h-8 px-3.5',
  normal:
    'border border-line bg-raised text-text hover:bg-hover disabled:bg-canvas disabled:text-muted h-8 px-3',
  quiet: 'text-muted hover:bg-hover hover:text-text disabled:opacity-50 h-8 px-2.5',
  danger: 'bg-bad-soft text-bad hover:brightness-95 dark:hover:brightness-125 disabled:opacity-50 h-8 px-3.5',
} as const;

interface ButtonProps extends ComponentProps<'button'> {
  kind?: keyof typeof KINDS;
  icon?: IconName;
  children: ReactNode;
}

export function Button({ kind = 'normal', icon, children, className = '', ...rest }: ButtonProps) {
  return (
    <button type="button" className={`${BASE} ${KINDS[kind]} ${className}`} {...rest}>
      {icon !== undefined && <Icon name={icon} className="size-3.5" />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  icon: IconName;
  label: string;
}

export function IconButton({ icon, label, className = '', ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted transition-colors hover:bg-hover hover:text-text disabled:opacity-40 pointer-coarse:size-10 ${className}`}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  );
}

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded border border-line bg-canvas px-1.5 py-px font-sans text-[11px] text-muted">
      {children}
    </kbd>
  );
}

interface SelectProps extends ComponentProps<'select'> {
  label: string;
  hideLabel?: boolean;
}

/** The system's own select: it works with every keyboard, touch screen and screen reader. */
export function Select({ label, hideLabel = false, className = '', children, ...rest }: SelectProps) {
  const id = useId();
  return (
    <span className={`flex min-w-0 items-center gap-2 ${className}`}>
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'text-muted'}>
        {label}
      </label>
      <span className="relative inline-flex min-w-0">
        <select
          id={id}
          className="h-8 min-w-0 appearance-none truncate rounded-md border border-line bg-raised py-0 pr-7 pl-2.5 text-text hover:bg-hover pointer-coarse:h-10"
          {...rest}
        >
          {children}
        </select>
        <Icon
          name="chevron"
          className="pointer-events-none absolute top-1/2 right-1.5 size-4 -translate-y-1/2 text-muted"
        />
      </span>
    </span>
  );
}

export function EmptyState({
  icon,
  title,
  hint,
  children,
}: {
  icon: IconName;
  title: string;
  hint?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className="flex h-full min-h-40 flex-col items-center justify-center gap-1.5 p-6 text-center">
      <span className="mb-1 flex size-10 items-center justify-center rounded-full bg-canvas text-muted">
        <Icon name={icon} className="size-5" />
      </span>
      <p className="font-medium">{title}</p>
      {hint !== undefined && <p className="max-w-80 text-pretty text-muted">{hint}</p>}
      {children !== undefined && <div className="mt-3 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  );
}

const TONES = {
  info: 'bg-accent-soft text-text',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  ok: 'bg-ok-soft text-ok',
} as const;
export type Tone = keyof typeof TONES;

export function Notice({
  tone,
  children,
  live = false,
}: {
  tone: Tone;
  children: ReactNode;
  live?: boolean;
}) {
  return (
    <div {...(live ? { role: 'alert' } : {})} className={`rounded-lg px-3 py-2 text-pretty ${TONES[tone]}`}>
      {children}
    </div>
  );
}
