import type Docker from 'dockerode';

export interface DockerCall {
  readonly operation: string;
  readonly durationMs: number;
  readonly failed: boolean;
}

interface DialOptions {
  readonly path: string;
  readonly method: string;
}
type DialCallback = (error: unknown, result: unknown) => void;

/** Operations by method and path. `wait` and `attach` last as long as the program and say nothing of Docker. */
const OPERATIONS: readonly (readonly [method: string, path: RegExp, operation: string])[] = [
  ['POST', /^\/containers\/create/, 'create'],
  ['POST', /^\/containers\/[^/]+\/start/, 'start'],
  ['POST', /^\/containers\/[^/]+\/kill/, 'kill'],
  ['POST', /^\/containers\/[^/]+\/update/, 'update'],
  ['GET', /^\/containers\/[^/]+\/json/, 'inspect'],
  ['GET', /^\/containers\/[^/]+\/stats/, 'stats'],
  ['GET', /^\/containers\/json/, 'list'],
  ['DELETE', /^\/containers\//, 'remove'],
];

/** Killing what has ended is 409, removing what is gone 404, starting or killing twice 304: none is a failure. */
const BENIGN = new Set([304, 404, 409]);

/** Reports each call of the client to the Docker API, for metrics. Calls are named by a fixed table. */
export function timeCalls(docker: Docker, report: (call: DockerCall) => void): Docker {
  const modem: { dial: (options: DialOptions, callback: DialCallback) => unknown } = docker.modem;
  const dial = modem.dial.bind(modem);
  modem.dial = (options, callback) => {
    const operation = OPERATIONS.find(
      ([method, path]) => method === options.method && path.test(options.path),
    )?.[2];
    if (operation === undefined) return dial(options, callback);
    const startedAt = performance.now();
    return dial(options, (error, result) => {
      report({ operation, durationMs: performance.now() - startedAt, failed: isFailure(error) });
      callback(error, result);
    });
  };
  return docker;
}

function isFailure(error: unknown): boolean {
  if (!error) return false;
  const status = typeof error === 'object' && 'statusCode' in error ? error.statusCode : undefined;
  return !(typeof status === 'number' && BENIGN.has(status));
}
