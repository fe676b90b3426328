import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import {
  FUNCTION_NAMES,
  FUNCTIONS,
  type FunctionDefinition,
  type ResourceSetting,
} from '@rce/functions/manifest.ts';
import type { FunctionSpec } from './function-host.ts';

/** Where scripts/bundle.ts puts what Lambda would get: the same files run here. */
const BUNDLES = new URL('../../../dist/functions/', import.meta.url);

/** API Gateway's own: it waits no longer than this for a function. */
const GATEWAY_TIMEOUT_SECONDS = 29;

/** Makes of the manifest what the host needs. `shared` are settings that every function gets. */
export function functionSpecs(
  resources: Readonly<Record<ResourceSetting, string>>,
  shared: Readonly<Record<string, string>>,
  operator: Readonly<Record<string, string | undefined>>,
): Map<string, FunctionSpec> {
  return new Map(
    FUNCTION_NAMES.map((name) => {
      const definition: FunctionDefinition = FUNCTIONS[name];
      const optional = definition.options.flatMap((option) => {
        const value = operator[option];
        return value === undefined ? [] : [[option, value]];
      });
      const required = definition.settings.map((setting) => [setting, resources[setting]]);
      return [
        name,
        {
          file: fileURLToPath(new URL(`${name}/index.mjs`, BUNDLES)),
          memoryMb: definition.memoryMb,
          timeoutSeconds:
            definition.routes.length > 0
              ? Math.min(definition.timeoutSeconds, GATEWAY_TIMEOUT_SECONDS)
              : definition.timeoutSeconds,
          env: { ...shared, ...Object.fromEntries([...required, ...optional]) },
          ...crowd(definition),
        },
      ];
    }),
  );
}

/**
 * A function that reads or writes nothing computes: it gets one event at a time, and several threads. The
 * others spend their time waiting, so one thread takes as many events as come.
 */
function crowd(definition: FunctionDefinition): Pick<FunctionSpec, 'environments' | 'concurrency'> {
  if (definition.access.length > 0) return { environments: 1, concurrency: 1_000 };
  return { environments: Math.max(2, availableParallelism()), concurrency: 1 };
}
