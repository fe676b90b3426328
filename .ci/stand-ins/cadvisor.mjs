// In cAdvisor's place, which Debian does not have: it is scraped, and asks Docker through the socket proxy for
// what cAdvisor would ask. It measures nothing.
import { createServer, request } from 'node:http';

const docker = process.argv
  .find((argument) => argument.startsWith('--docker='))
  ?.slice('--docker=tcp://'.length);

function dockerAnswers() {
  return new Promise((resolve) => {
    request(`http://${docker}/version`, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200 ? 1 : 0);
    })
      .on('error', () => resolve(0))
      .end();
  });
}

createServer(async (asked, response) => {
  if (asked.url === '/healthz') return response.end('ok\n');
  if (asked.url !== '/metrics') return response.writeHead(404).end();
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end(`# TYPE stand_in_docker_up gauge\nstand_in_docker_up ${await dockerAnswers()}\n`);
}).listen(8080);
process.on('SIGTERM', () => process.exit(0));
