import { createServer, type Server, type ServerResponse } from 'node:http';

/** What the runner tells those who watch it. */
export interface Endpoints {
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  readonly metricsContentType: string;
  /** Empty when the runner works; else what is wrong with it. */
  readonly problems: () => readonly string[];
  /** Whether the sandbox is prepared and the runner takes jobs. */
  readonly ready: () => boolean;
}

/**
 * Serves /metrics, /health (200 as long as the runner works) and /ready (200 while it takes jobs).
 * It changes nothing and shows nothing of any job, but it belongs on an inner network all the same.
 */
export function createHttpServer(endpoints: Endpoints): Server {
  return createServer((request, response) => {
    const path = request.url?.split('?')[0];
    switch (path) {
      case '/metrics':
        void endpoints.metrics().then(
          (text) => send(response, 200, text, endpoints.metricsContentType),
          () => send(response, 500, 'The metrics could not be collected.\n'),
        );
        return;
      case '/health': {
        const problems = endpoints.problems();
        return problems.length === 0
          ? send(response, 200, 'ok\n')
          : send(response, 503, `${problems.join('\n')}\n`);
      }
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
