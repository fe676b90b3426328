const known = new WeakMap<URL, URLSearchParams>();

/** QuickJS's URL comes without `searchParams`: parameters that write back to the URL they were taken from. */
export function installSearchParams(): void {
  Object.defineProperty(URL.prototype, 'searchParams', {
    get(this: URL) {
      const found = known.get(this);
      if (found) return found;
      const params = new URLSearchParams(this.search);
      for (const name of ['append', 'delete', 'set', 'sort'] as const) {
        const change = params[name] as (...args: string[]) => void;
        Object.defineProperty(params, name, {
          value: (...args: string[]) => {
            change.apply(params, args);
            this.search = String(params);
          },
        });
      }
      known.set(this, params);
      return params;
    },
    enumerable: true,
    configurable: true,
  });
}
