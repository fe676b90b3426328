#!/bin/sh
# Asks every part of the compose set-up whether it is well, then runs a Python and a JavaScript job.
#   sh test-scripts/verify.sh [URL]      the URL of nginx, by default http://127.0.0.1
set -u
here=$(cd "$(dirname "$0")" && pwd)
url=${1:-http://127.0.0.1}
local=http://127.0.0.1
bad=0

ask() {
  if curl -fsS -m 10 -o /dev/null "$2" 2>/dev/null; then echo "ok      $1"; else bad=1 && echo "FAILED  $1 ($2)"; fi
}
ask 'page' "$url/"
ask 'api' "$url/api/health"
ask 'analysis' "$url/analysis/health"
ask 'cloud' "$local:${RCE_LOCALSTACK_PORT:-4566}/_localstack/health"
ask 'prometheus' "$local:${RCE_PROMETHEUS_PORT:-9090}/-/ready"
ask 'grafana' "$local:${RCE_GRAFANA_PORT:-3001}/api/health"
ask 'cadvisor' "$local:${RCE_CADVISOR_PORT:-8080}/healthz"
for service in sandbox-runner socket-proxy; do
  # They listen inside only; Docker knows what their health checks said.
  state=$(${COMPOSE:-docker compose} ps --format '{{.Health}}' "$service" 2>/dev/null | sort -u)
  if [ "$state" = healthy ]; then echo "ok      $service"; else bad=1 && echo "FAILED  $service (${state:-not running})"; fi
done
sh "$here/run-tests.sh" "$url" python javascript || bad=1
exit $bad
