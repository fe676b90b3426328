import type { Duplex } from 'node:stream';

export type StreamName = 'stdout' | 'stderr';

const HEADER_BYTES = 8;

/**
 * Splits the multiplexed stream of an attached container into its two streams.
 * It never pauses the stream: a paused reader under a flood of output blocks the daemon's other calls
 * for this container (kill, inspect) for many seconds. Who has enough throws the rest away.
 */
export function demultiplex(stream: Duplex, onData: (stream: StreamName, chunk: Buffer) => void): void {
  let header = Buffer.alloc(0);
  let name: StreamName = 'stdout';
  let left = 0;
  stream.on('data', (chunk: Buffer) => {
    let rest = chunk;
    while (rest.length > 0) {
      if (left > 0) {
        const part = rest.subarray(0, left);
        left -= part.length;
        rest = rest.subarray(part.length);
        onData(name, part);
        continue;
      }
      const missing = HEADER_BYTES - header.length;
      header = Buffer.concat([header, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      if (header.length < HEADER_BYTES) return;
      name = header[0] === 2 ? 'stderr' : 'stdout';
      left = header.readUInt32BE(4);
      header = Buffer.alloc(0);
    }
  });
}
