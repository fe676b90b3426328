import type { ReactNode } from 'react';

/** A named part of the page that scrolls, by keyboard too. */
export function ScrollArea({
  label,
  className = '',
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className={`overflow-auto bg-surface -outline-offset-2 ${className}`}
    >
      {children}
    </section>
  );
}
