/**
 * To be imported before everything else. QuickJS is built without Atomics, since there are no threads; the
 * library behind util.inspect wants to list its members.
 */
Object.defineProperty(globalThis, 'Atomics', { value: {}, configurable: true });
