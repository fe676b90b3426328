import type { FunctionName } from '@rce/functions/manifest.ts';
import { type App, type Environment, Tags } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { ApiStack, STAGE } from './api-stack.ts';
import { ComputeStack } from './compute-stack.ts';
import { readConfig } from './config.ts';
import { EdgeStack } from './edge-stack.ts';
import { acknowledgeFindings } from './findings.ts';
import { ObservabilityStack } from './observability-stack.ts';
import { StateStack } from './state-stack.ts';

export interface EngineProps {
  readonly env: Required<Environment>;
  readonly code: (name: FunctionName) => Code;
  /** Folder of the built page; without it there is no edge. */
  readonly page?: string;
  /** Settings of the functions that the operator chose. */
  readonly options?: Readonly<Record<string, string>>;
}

/** Where CloudFront's firewall and certificates must be. */
const EDGE_REGION = 'us-east-1';

/** All stacks. Emulators can hold State and Api; the others are for AWS alone. */
export function buildEngine(app: App, { env, code, page, options = {} }: EngineProps) {
  const config = readConfig(app);
  const named = (part: string) => `${config.name}${part}`;
  const common = { env, config };
  const state = new StateStack(app, named('State'), {
    ...common,
    description: 'RCE Engine: jobs table and queue',
  });
  // CloudFront stands in front and adds the client's address to what it forwards.
  const proxies: Record<string, string> = page === undefined ? {} : { RCE_TRUSTED_PROXIES: '1' };
  const api = new ApiStack(app, named('Api'), {
    ...common,
    state,
    code,
    options: { ...proxies, ...options },
    description: 'RCE Engine: functions and API',
  });
  const compute = new ComputeStack(app, named('Compute'), {
    ...common,
    state,
    analyze: api.handler('analyze').fn,
    description: 'RCE Engine: runners',
  });
  const observability = new ObservabilityStack(app, named('Observability'), {
    ...common,
    state,
    api,
    compute,
    description: 'RCE Engine: alarms and dashboard',
  });
  const edge =
    page === undefined
      ? undefined
      : new EdgeStack(app, named('Edge'), {
          config,
          env: { ...env, region: EDGE_REGION },
          crossRegionReferences: env.region !== EDGE_REGION,
          description: 'RCE Engine: page, CDN and firewall',
          page,
          api: {
            domainName: `${api.api.restApiId}.execute-api.${env.region}.${api.urlSuffix}`,
            stage: STAGE,
          },
        });
  Tags.of(app).add('project', 'rce-engine');
  const stacks = { state, api, compute, observability, ...(edge ? { edge } : {}) };
  acknowledgeFindings(stacks);
  return stacks;
}
