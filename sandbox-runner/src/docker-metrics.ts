import type { Metrics } from '@rce/observability/metrics.ts';
import type { DockerEvent } from './drivers/docker/options.ts';
import type { DockerCall } from './drivers/docker/timed-client.ts';
import { languageLabel } from './runner-metrics.ts';

/** Counts what happens in the docker driver. */
export function countDockerEvents(metrics: Metrics): (event: DockerEvent) => void {
  return (event) => {
    switch (event.type) {
      case 'sandbox-taken': {
        const labels = { ...languageLabel(event.language), start: event.warm ? 'warm' : 'cold' } as const;
        metrics.count('rce_sandbox_starts_total', labels);
        return metrics.observeMs('rce_job_pool_wait_seconds', labels, event.waitMs);
      }
      case 'sandbox-started':
        return metrics.observeMs('rce_pool_refill_seconds', { harness: event.harness }, event.durationMs);
      case 'sandbox-removed':
        return metrics.observeMs('rce_sandbox_teardown_seconds', {}, event.durationMs);
      case 'sandbox-failed':
        return metrics.count('rce_sandbox_failures_total', {});
      case 'sandboxes-swept':
        return;
    }
  };
}

/** Counts the calls of the Docker API. */
export function countDockerCalls(metrics: Metrics): (call: DockerCall) => void {
  return ({ operation, durationMs, failed }) => {
    metrics.observeMs('rce_docker_request_seconds', { operation }, durationMs);
    if (failed) metrics.count('rce_docker_errors_total', { operation });
  };
}
