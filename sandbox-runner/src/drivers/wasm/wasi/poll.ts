import type { Descriptors } from './descriptors.ts';
import { ERRNO, WasiError } from './errno.ts';
import type { GuestMemory } from './memory.ts';

const EVENT = { clock: 0, read: 1, write: 2 } as const;
const MAX_SUBSCRIPTIONS = 256;
/** Atomics.wait takes any number of milliseconds; the wall limit ends the program long before. */
const MAX_SLEEP_MS = 24 * 60 * 60 * 1000;

/** `poll_oneoff`: sleeps in earnest where others spin. */
export function pollCall(
  memory: GuestMemory,
  fds: Descriptors,
  clock: (id: number) => bigint,
  sleep: (ms: number) => void,
) {
  return (subscriptions: number, events: number, count: number, out: number): void => {
    if (count < 1 || count > MAX_SUBSCRIPTIONS) throw new WasiError('inval');
    const timers: { userdata: bigint; ms: number }[] = [];
    const ready: { userdata: bigint; type: number; errno: number }[] = [];
    for (let index = 0; index < count; index++) {
      const at = subscriptions + index * 48;
      const userdata = memory.u64(at);
      const type = memory.u8(at + 8);
      if (type === EVENT.clock) {
        const id = memory.u32(at + 16);
        const timeout = memory.u64(at + 24);
        const absolute = (memory.u16(at + 40) & 1) !== 0;
        const left = absolute ? timeout - clock(id) : timeout;
        timers.push({ userdata, ms: Math.min(Math.max(Number(left) / 1e6, 0), MAX_SLEEP_MS) });
      } else if (type === EVENT.read || type === EVENT.write) {
        // Files and streams never block here: the whole of stdin is known from the start.
        ready.push({ userdata, type, errno: descriptorErrno(fds, memory.u32(at + 16)) });
      } else {
        throw new WasiError('inval');
      }
    }
    if (ready.length === 0) {
      const wait = Math.min(...timers.map((timer) => timer.ms));
      sleep(wait);
      for (const timer of timers) {
        if (timer.ms <= wait) ready.push({ userdata: timer.userdata, type: EVENT.clock, errno: 0 });
      }
    }
    for (const [index, event] of ready.entries()) {
      const at = events + index * 32;
      memory.slice(at, 32).fill(0);
      memory.setU64(at, event.userdata);
      memory.setU16(at + 8, event.errno);
      memory.setU8(at + 10, event.type);
      if (event.type !== EVENT.clock) memory.setU64(at + 16, 1n);
    }
    memory.setU32(out, ready.length);
  };
}

function descriptorErrno(fds: Descriptors, fd: number): number {
  try {
    fds.get(fd);
    return ERRNO.success;
  } catch {
    return ERRNO.badf;
  }
}
