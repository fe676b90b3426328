import { flag, integer, parseSettings } from '@rce/core/settings.ts';
import { LOG_LEVELS } from '@rce/observability/log.ts';
import { z } from 'zod';

const ProxySettings = z.object({
  RCE_PROXY_SOCKET: z
    .string()
    .default('/var/run/docker.sock')
    .describe('socket of the Docker engine that stands behind the proxy'),
  RCE_PROXY_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('address that the proxy listens on; only the runner may reach it'),
  RCE_PROXY_PORT: integer(0, 65_535).default(2375).describe('port that the proxy listens on'),
  RCE_PROXY_PULL: flag.default(true).describe('whether the runner may pull images'),
  RCE_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
});
export type ProxySettings = z.output<typeof ProxySettings>;

/** @throws SettingsError listing every mistake. */
export function readProxySettings(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  return parseSettings(ProxySettings, env);
}
