import { useEffect, useState } from 'react';
import { writeApiKey } from '../api/api-key.ts';
import type { RequestFailure } from '../api/client.ts';
import { useLocale } from '../messages/messages.tsx';
import { Button, Notice } from '../ui/controls.tsx';

function useCountdown(failure: RequestFailure): number {
  const [until] = useState(() => Date.now() + (failure.retryAfterMs ?? 0));
  const [seconds, setSeconds] = useState(() => Math.ceil((until - Date.now()) / 1000));
  useEffect(() => {
    const timer = setInterval(() => setSeconds(Math.ceil((until - Date.now()) / 1000)), 250);
    return () => clearInterval(timer);
  }, [until]);
  return Math.max(0, seconds);
}

function ApiKeyForm({ onSaved }: { onSaved(): void }) {
  const { t } = useLocale();
  const [key, setKey] = useState('');
  return (
    <form
      className="mt-2 flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        writeApiKey(key.trim());
        onSaved();
      }}
    >
      <label className="flex items-center gap-2">
        {t.apiKey.label}
        <input
          type="password"
          autoComplete="off"
          value={key}
          onChange={(event) => setKey(event.target.value)}
          className="h-8 rounded-md border border-strong bg-surface px-2 font-mono text-text"
        />
      </label>
      <Button type="submit" disabled={key.trim() === ''}>
        {t.apiKey.save}
      </Button>
    </form>
  );
}

/** Why there is no result, and the way on. */
export function RunFailure({ failure, onRetry }: { failure: RequestFailure; onRetry(): void }) {
  const { t } = useLocale();
  const seconds = useCountdown(failure);
  const known = t.failures[failure.code];
  const errors = failure.problem?.errors ?? [];
  return (
    <div className="p-4">
      <Notice tone={failure.isTemporary ? 'warn' : 'bad'} live>
        <p className="font-medium" data-failure={failure.code}>
          {known ?? t.failures.other}
        </p>
        {known === undefined && failure.problem !== null && <p>{failure.problem.detail}</p>}
        {errors.length > 0 && (
          <ul className="mt-1 list-disc pl-5">
            {errors.map((error) => (
              <li key={`${error.path} ${error.message}`}>
                <code className="font-mono text-xs">{error.path}</code> {error.message}
              </li>
            ))}
          </ul>
        )}
        {failure.code === 'unauthorized' && <ApiKeyForm onSaved={onRetry} />}
      </Notice>
      {failure.code !== 'unauthorized' && failure.code !== 'job-not-found' && (
        <div className="mt-3">
          <Button icon="reset" onClick={onRetry} disabled={seconds > 0}>
            {seconds > 0 ? t.run.retryIn(seconds) : t.run.retry}
          </Button>
        </div>
      )}
    </div>
  );
}
