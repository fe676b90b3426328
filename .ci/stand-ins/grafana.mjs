// In Grafana's place, which Debian does not have: it starts where its provisioning is mounted, says that it is
// healthy, and can write its data. What Grafana does with the provisioning is not tested by it.
import { accessSync, constants, readdirSync } from 'node:fs';
import { createServer } from 'node:http';

for (const part of ['datasources', 'dashboards']) {
  if (readdirSync(`/etc/grafana/provisioning/${part}`).length === 0)
    throw new Error(`no ${part} provisioned`);
}
accessSync('/var/lib/grafana', constants.W_OK);
createServer((request, response) => {
  response.writeHead(request.url === '/api/health' ? 200 : 404, { 'content-type': 'application/json' });
  response.end('{"database":"ok","version":"stand-in"}\n');
}).listen(3000);
process.on('SIGTERM', () => process.exit(0));
