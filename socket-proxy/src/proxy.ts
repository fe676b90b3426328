import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '@rce/observability/log.ts';
import { type Allowed, type Denied, decide } from './policy.ts';

/** A container's settings with its seccomp profile and its harness are some 40 KB. */
const MAX_BODY_BYTES = 512 * 1024;
/** The Docker client repeats a container's settings, harness and all, in the query. */
const MAX_HEADER_BYTES = 256 * 1024;
const LABEL = 'rce.owner';

export interface ProxyOptions {
  /** Path of the Docker engine's socket. */
  readonly socketPath: string;
  readonly pull: boolean;
  readonly log: Logger;
}

/**
 * An HTTP server that hands on to the Docker engine what policy.ts allows, and only for containers of runners.
 * It never forwards what it received: each call is made anew from what was understood of it.
 */
export function createProxy({ socketPath, pull, log }: ProxyOptions): Server {
  /** Containers known to be a runner's. */
  const ours = new Set<string>();

  function ask(call: Allowed, headers: Record<string, string> = {}) {
    return request({
      socketPath,
      method: call.method,
      path: call.path,
      headers: {
        Host: 'docker',
        ...(call.body === undefined
          ? { 'Content-Length': 0 }
          : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(call.body) }),
        ...headers,
      },
    });
  }

  /** Whether the engine says that a container carries a runner's label. */
  function isOurs(id: string): Promise<boolean> {
    if (ours.has(id)) return Promise.resolve(true);
    return new Promise((resolve, reject) => {
      const asked = ask({ kind: 'allowed', method: 'GET', path: `/containers/${id}/json` });
      asked.on('error', reject);
      asked.on('response', async (response) => {
        try {
          const info = JSON.parse(await text(response)) as { Config?: { Labels?: Record<string, string> } };
          const labelled = info.Config?.Labels?.[LABEL] !== undefined;
          if (labelled) ours.add(id);
          // Of one that is gone the engine itself says so.
          resolve(labelled || response.statusCode === 404);
        } catch (error) {
          reject(error);
        }
      });
      asked.end();
    });
  }

  async function check(incoming: IncomingMessage, body: unknown): Promise<Allowed | Denied> {
    // Browsers send Origin; the runner does not. A page must not reach the engine through a user's browser.
    if (incoming.headers.origin !== undefined) return { kind: 'denied', reason: 'browsers may not call' };
    const verdict = decide({ method: incoming.method ?? '', url: incoming.url ?? '', body }, { pull });
    if (verdict.kind === 'allowed' && verdict.container && !(await isOurs(verdict.container))) {
      return { kind: 'denied', reason: 'the container is not a runner’s' };
    }
    if (verdict.kind === 'denied') log.warn({ method: incoming.method, reason: verdict.reason }, 'refused');
    return verdict;
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const received = await text(incoming, MAX_BODY_BYTES);
    const verdict = await check(incoming, received === '' ? undefined : JSON.parse(received));
    if (verdict.kind === 'denied') return refuse(outgoing, 403, verdict.reason);
    if (verdict.hijack) return refuse(outgoing, 400, 'attach needs Upgrade: tcp');
    const asked = ask(verdict);
    // The runner has gone, or will not wait: the engine need not either.
    outgoing.on('close', () => asked.destroy());
    asked.on('error', (error) =>
      refuse(outgoing, 502, `the Docker engine does not answer: ${error.message}`),
    );
    asked.on('response', async (response) => {
      const status = response.statusCode ?? 502;
      const type = response.headers['content-type'];
      if (incoming.url?.includes('/containers/create') && status === 201) {
        const created = await text(response);
        remember(created);
        outgoing.writeHead(status, type === undefined ? {} : { 'Content-Type': type }).end(created);
        return;
      }
      if (verdict.method === 'DELETE' && verdict.container) ours.delete(verdict.container);
      outgoing.writeHead(status, type === undefined ? {} : { 'Content-Type': type });
      response.pipe(outgoing);
      response.on('error', () => outgoing.destroy());
    });
    asked.end(verdict.body);
  }

  function remember(created: string): void {
    const { Id } = JSON.parse(created) as { Id?: unknown };
    if (typeof Id === 'string') ours.add(Id);
  }

  /** Attach: after the engine's 101 the two connections are one stream, each direction ending by itself. */
  async function join(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    const early = await discardBody(incoming, socket, head);
    const verdict = early === undefined ? denied('the body is too long') : await check(incoming, undefined);
    if (verdict.kind === 'denied' || !verdict.hijack) {
      const reason = verdict.kind === 'denied' ? verdict.reason : 'only attach can be upgraded';
      socket.end(
        `HTTP/1.1 403 Forbidden\r\nContent-Length: ${Buffer.byteLength(reason)}\r\nConnection: close\r\n\r\n${reason}`,
      );
      return;
    }
    const asked = ask(verdict, { Connection: 'Upgrade', Upgrade: 'tcp' });
    const lost = () => socket.destroy();
    socket.once('close', () => asked.destroy());
    asked.on('error', lost);
    asked.on('response', (response) => {
      // The engine declined: hand on what it says.
      socket.write(`HTTP/1.1 ${response.statusCode} ${response.statusMessage}\r\nConnection: close\r\n\r\n`);
      response.pipe(socket);
    });
    asked.on('upgrade', (_, engine, first) => {
      engine.on('error', lost);
      engine.once('close', lost);
      socket.once('close', () => engine.destroy());
      socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
      if (first.length > 0) socket.write(first);
      if (early && early.length > 0) engine.write(early);
      engine.pipe(socket);
      socket.pipe(engine);
    });
    asked.end();
  }

  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => {
      refuse(outgoing, 400, error instanceof Error ? error.message : 'bad request');
    });
  });
  server.on('upgrade', (incoming, socket: Duplex, head: Buffer) => {
    join(incoming, socket, head).catch(() => socket.destroy());
  });
  // Streams of programs last as long as they do.
  server.requestTimeout = 0;
  return server;
}

function denied(reason: string): Denied {
  return { kind: 'denied', reason };
}

function refuse(outgoing: ServerResponse, status: number, message: string): void {
  if (outgoing.headersSent) return void outgoing.destroy();
  outgoing
    .writeHead(status, { 'Content-Type': 'application/json' })
    .end(JSON.stringify({ message: `socket proxy: ${message}` }));
}

async function text(stream: IncomingMessage, max = Number.POSITIVE_INFINITY): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > max) throw new Error(`the body is larger than ${max} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Takes the body of an upgrade request off the stream: Node hands it over as if it were the first bytes of
 * what follows, and they would end up in the program's input. Returns what came behind it.
 */
async function discardBody(
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<Buffer | undefined> {
  if (incoming.headers['transfer-encoding'] !== undefined) return undefined;
  const length = Number(incoming.headers['content-length'] ?? 0);
  if (!(length <= MAX_BODY_BYTES)) return undefined;
  let received = head;
  while (received.length < length) {
    const chunk = await new Promise<Buffer | null>((resolve) => {
      socket.once('data', resolve);
      socket.once('close', () => resolve(null));
    });
    socket.pause();
    if (!chunk) return undefined;
    received = Buffer.concat([received, chunk]);
  }
  return received.subarray(length);
}
