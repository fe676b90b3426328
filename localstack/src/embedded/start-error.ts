/** The engine cannot start, for a reason that its user can mend: shown as one sentence, without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** `EADDRINUSE` and the like; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  // Not `instanceof`: errors of native modules may belong to another realm.
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
