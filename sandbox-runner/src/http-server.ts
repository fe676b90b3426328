import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '@rce/observability/log.ts';

/** What the runner tells those who watch it. */
export interface Endpoints {
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  readonly metricsContentType: string;
  /** Whether the sandbox is prepared and the runner takes jobs. */
  readonly ready: () => boolean;
}

/**
 * Serves /metrics, /health (200 as long as the process lives) and /ready (200 while it takes jobs).
 * It changes nothing and shows nothing of any job, but it belongs on an inner network all the same.
 * A taken port costs the endpoints, not the runner: then it answers with undefined.
 */
export function serveEndpoints(
  host: string,
  port: number,
  log: Logger,
  endpoints: Endpoints,
): Promise<Server | undefined> {
  const server = createHttpServer(endpoints);
  return new Promise((resolve) => {
    server.once('error', (error) => {
      log.warn({ err: error }, `no metrics: ${host}:${port} cannot be listened on; set RCE_METRICS_PORT`);
      resolve(undefined);
    });
    server.listen(port, host, () => resolve(server));
  });
}

function createHttpServer(endpoints: Endpoints): Server {
  return createServer((request, response) => {
    const path = request.url?.split('?')[0];
    switch (path) {
      case '/metrics':
        void endpoints.metrics().then(
          (text) => send(response, 200, text, endpoints.metricsContentType),
          () => send(response, 500, 'The metrics could not be collected.\n'),
        );
        return;
      case '/health':
        return send(response, 200, 'ok\n');
      case '/ready':
        return endpoints.ready() ? send(response, 200, 'ready\n') : send(response, 503, 'not ready\n');
      default:
        return send(response, 404, 'There are /metrics, /health and /ready.\n');
    }
  });
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}
