import { useEffect } from 'react';
import { createStore, useStore } from '../lib/store.ts';

const SHOWN_MS = 5_000;
const toast = createStore<string | null>(null);

/** Says something in passing. */
export function say(text: string): void {
  toast.set(() => text);
}

export function Toast() {
  const text = useStore(toast, (value) => value);
  useEffect(() => {
    if (text === null) return;
    const timer = setTimeout(() => toast.set(() => null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-0 bottom-16 z-50 flex justify-center px-4 md:bottom-10"
    >
      {text !== null && <span className="rounded-lg bg-text px-3.5 py-2 text-surface shadow-lg">{text}</span>}
    </div>
  );
}
