/**
 * Calls `work` every `everyMs` milliseconds, the first time after one period. A call that is still running
 * when the next is due makes that one wait for its turn.
 * @returns stops it.
 */
export function every(
  everyMs: number,
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
): () => void {
  let timer: NodeJS.Timeout;
  const next = () => {
    timer = setTimeout(async () => {
      await work().catch(onError);
      if (!stopped) next();
    }, everyMs);
    timer.unref();
  };
  let stopped = false;
  next();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
