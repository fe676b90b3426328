/** What was found out about one thing that sandboxes need. */
export interface Finding {
  readonly what: string;
  /** `warn`: it works, with less safety, speed or accuracy. `fail`: programs cannot, or must not, be run so. */
  readonly state: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** The line that mends it; present unless the state is ok. */
  readonly fix?: string;
}

export const ok = (what: string, found: string): Finding => ({ what, state: 'ok', found });
export const warn = (what: string, found: string, fix: string): Finding => ({
  what,
  state: 'warn',
  found,
  fix,
});
export const fail = (what: string, found: string, fix: string): Finding => ({
  what,
  state: 'fail',
  found,
  fix,
});
