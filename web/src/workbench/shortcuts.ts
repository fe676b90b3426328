import { useEffect } from 'react';
import type { Workbench } from './context.ts';

/** Keys that work everywhere on the page. Dialogs keep Escape for themselves. */
export function useShortcuts(workbench: Workbench): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (document.querySelector('dialog[open]') !== null) return;
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) {
        event.preventDefault();
        workbench.run('run');
      } else if (event.key === 'Escape' && workbench.runs.active !== null) {
        void workbench.runs.cancel();
      } else if (event.key === 'F6') {
        event.preventDefault();
        focusNextRegion(workbench, event.shiftKey ? -1 : 1);
      }
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [workbench]);
}

function focusNextRegion(workbench: Workbench, step: 1 | -1): void {
  const regions = Array.from(document.querySelectorAll<HTMLElement>('[data-region]')).filter(
    (region) => region.offsetParent !== null,
  );
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const to = regions[(at + step + regions.length) % regions.length];
  if (to?.dataset.region === 'editor') workbench.editor.current?.focus();
  else to?.querySelector<HTMLElement>('button, select, a, textarea, input, [tabindex="0"]')?.focus();
}
