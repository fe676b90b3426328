import { SettingsError } from '@rce/core/settings.ts';
import { createLog } from '@rce/observability/log.ts';
import { createProxy } from './proxy.ts';
import { readProxySettings } from './settings.ts';

try {
  const settings = readProxySettings(process.env);
  const log = createLog('socket-proxy', settings.RCE_LOG_LEVEL);
  const proxy = createProxy({ socketPath: settings.RCE_PROXY_SOCKET, pull: settings.RCE_PROXY_PULL, log });
  proxy.on('error', (error) => {
    console.error(`The socket proxy cannot listen: ${error.message}`);
    process.exit(1);
  });
  proxy.listen(settings.RCE_PROXY_PORT, settings.RCE_PROXY_HOST, () => {
    log.info({ address: proxy.address(), socket: settings.RCE_PROXY_SOCKET }, 'the socket proxy listens');
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
} catch (error) {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
}
