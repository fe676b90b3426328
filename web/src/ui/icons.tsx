/** Icons as strokes of 1.75 on a grid of 24; they are decoration, the control has the name. */
const PATHS = {
  play: 'M7 4.5v15l12-7.5z',
  stop: 'M6.5 6.5h11v11h-11z',
  share: 'M12 15V4m0 0L8 8m4-4l4 4M5 13v5a2 2 0 002 2h10a2 2 0 002-2v-5',
  history: 'M4 12a8 8 0 108-8 8 8 0 00-6.5 3.3M4 4v4h4M12 8v4.5l3 1.7',
  settings:
    'M4 7h9m5 0h2M4 17h3m5 0h8M15.5 9.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5zM9.5 19.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5z',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  check: 'M5 12.5l4.5 4.5L19 7',
  cross: 'M7 7l10 10M17 7L7 17',
  download: 'M12 4v11m0 0l-4-4m4 4l4-4M5 19h14',
  open: 'M4 19V6a1 1 0 011-1h4l2 2.5h8a1 1 0 011 1V19a1 1 0 01-1 1H5a1 1 0 01-1-1z',
  reset: 'M4 5v5h5M4.6 10A8 8 0 1112 20a8 8 0 01-7.5-5',
  chevron: 'M8 10l4 4 4-4',
  warning: 'M12 9v4m0 3.5v.1M10.3 4.6L3 17.5A2 2 0 004.7 20.5h14.6a2 2 0 001.7-3L13.7 4.6a2 2 0 00-3.4 0z',
  clock: 'M12 7v5l3 2M12 21a9 9 0 100-18 9 9 0 000 18z',
  shield: 'M12 3l7 3v5c0 4.6-2.9 8.4-7 10-4.1-1.6-7-5.4-7-10V6z',
  code: 'M8.5 7L3.5 12l5 5M15.5 7l5 5-5 5',
  terminal: 'M5 7l5 5-5 5M12.5 18H19',
  input: 'M13 5h5a1 1 0 011 1v12a1 1 0 01-1 1h-5M4 12h10m0 0l-4-4m4 4l-4 4',
  tests: 'M4 6.5l1.5 1.5L8 5M4 12.5L5.5 14 8 11M4 18.5L5.5 20 8 17M12 7h8M12 13h8M12 19h8',
  external: 'M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 01-1 1H5a1 1 0 01-1-1V7a1 1 0 011-1h5',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, className = 'size-4' }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      className={`shrink-0 ${className}`}
      fill={name === 'play' || name === 'stop' ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
