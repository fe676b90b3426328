import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Calls that make, start or remove a container, as they begin on the wire. */
const WORK = /^(?:POST \S*\/containers\/(?:create\b|[^/ ]+\/start\b)|DELETE \S*\/containers\/)/;
const CREATE = /^POST \S*\/containers\/create\b/;
const NO_SPACE = JSON.stringify({ message: 'no space left on device' });

/** A Docker socket in front of the real one, that can be as slow as a full disk makes it, or as broken. */
export class DockerProxy {
  /** Milliseconds by which the work on containers is late. */
  delayMs = 0;
  /** Whether containers can be created. */
  broken = false;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(host: string) {
    const url = new URL(host);
    const target =
      url.protocol === 'unix:' ? { path: url.pathname } : { host: url.hostname, port: Number(url.port) };
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      const engine = connect({ ...target, allowHalfOpen: true });
      for (const socket of [client, engine]) {
        this.#open.add(socket);
        socket.on('error', () => undefined).on('close', () => this.#open.delete(socket));
      }
      engine.pipe(client);
      client.on('close', () => engine.destroy());
      this.#forward(client, engine).catch(() => engine.destroy());
    });
  }

  /** @param host of the real engine, as DOCKER_HOST has it. */
  static async start(host: string, socketPath: string): Promise<DockerProxy> {
    const proxy = new DockerProxy(host);
    await new Promise<void>((resolve) => proxy.#server.listen(socketPath, resolve));
    return proxy;
  }

  /** Each request of Docker's clients begins a chunk of its own: none is sent before the last was answered. */
  async #forward(client: Socket, engine: Socket): Promise<void> {
    for await (const chunk of client as AsyncIterable<Buffer>) {
      const begin = chunk.toString('latin1', 0, 200);
      if (this.broken && CREATE.test(begin)) {
        const head = [
          'HTTP/1.1 500 Internal Server Error',
          'content-type: application/json',
          'connection: close',
        ];
        client.end(`${[...head, `content-length: ${NO_SPACE.length}`].join('\r\n')}\r\n\r\n${NO_SPACE}`);
        continue;
      }
      if (client.writableEnded) continue;
      if (this.delayMs > 0 && WORK.test(begin)) await sleep(this.delayMs);
      engine.write(chunk);
    }
    engine.end();
  }

  stop(): void {
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
  }
}
