import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import { changeSettings, settings, useSettings } from '../workspace/settings.ts';

const LIMITS = { min: 15, max: 85, step: 3 } as const;

interface SplitProps {
  /** Under which the share of the first panel is remembered. */
  name: string;
  direction: 'row' | 'column';
  /** Percent of the first panel, until someone moves the handle. */
  initial: number;
  /** What the handle resizes, for screen readers. */
  label: string;
  first: ReactNode;
  second: ReactNode;
}

/** Two panels with a handle between them, for pointer and keyboard; double click goes back to the start. */
export function Split({ name, direction, initial, label, first, second }: SplitProps) {
  const box = useRef<HTMLDivElement>(null);
  const size = useSettings((value) => value.panels[name]) ?? initial;
  const row = direction === 'row';

  const resize = (percent: number) =>
    changeSettings({
      panels: {
        ...settings.get().panels,
        [name]: Math.round(Math.min(LIMITS.max, Math.max(LIMITS.min, percent)) * 10) / 10,
      },
    });
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const area = box.current?.getBoundingClientRect();
    if (area === undefined) return;
    resize(
      row
        ? ((event.clientX - area.left) / area.width) * 100
        : ((event.clientY - area.top) / area.height) * 100,
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, number> = {
      [row ? 'ArrowLeft' : 'ArrowUp']: size - LIMITS.step,
      [row ? 'ArrowRight' : 'ArrowDown']: size + LIMITS.step,
      Home: LIMITS.min,
      End: LIMITS.max,
      Enter: initial,
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    resize(to);
  };

  return (
    <div ref={box} className={`flex h-full min-h-0 min-w-0 ${row ? 'flex-row' : 'flex-col'}`}>
      <div className="min-h-0 min-w-0" style={{ flex: `${size} 1 0` }}>
        {first}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: an <hr> takes no keys and holds no value */}
      <div
        role="separator"
        tabIndex={0}
        aria-label={label}
        aria-orientation={row ? 'vertical' : 'horizontal'}
        aria-valuenow={Math.round(size)}
        aria-valuemin={LIMITS.min}
        aria-valuemax={LIMITS.max}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onPointerMove}
        onDoubleClick={() => resize(initial)}
        onKeyDown={onKeyDown}
        className={`group relative z-10 shrink-0 touch-none bg-line transition-colors hover:bg-accent focus-visible:bg-accent focus-visible:outline-none active:bg-accent ${row ? 'w-px cursor-col-resize' : 'h-px cursor-row-resize'}`}
      >
        <span className={`absolute ${row ? 'inset-y-0 -inset-x-1.5' : 'inset-x-0 -inset-y-1.5'}`} />
      </div>
      <div className="min-h-0 min-w-0" style={{ flex: `${100 - size} 1 0` }}>
        {second}
      </div>
    </div>
  );
}
