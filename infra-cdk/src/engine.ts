import type { FunctionName } from '@rce/functions/manifest.ts';
import { type App, type Environment, Tags } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { ApiStack } from './api-stack.ts';
import { ComputeStack } from './compute-stack.ts';
import { readConfig } from './config.ts';
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

/** All stacks. Emulators can hold State and Api; the others are for AWS alone. */
export function buildEngine(app: App, { env, code, options = {} }: EngineProps) {
  const config = readConfig(app);
  const named = (part: string) => `${config.name}${part}`;
  const common = { env, config };
  const state = new StateStack(app, named('State'), {
    ...common,
    description: 'RCE Engine: jobs table and queue',
  });
  const api = new ApiStack(app, named('Api'), {
    ...common,
    state,
    code,
    options,
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
  const edge = undefined as IConstruct | undefined;
  Tags.of(app).add('project', 'rce-engine');
  const stacks = { state, api, compute, observability, ...(edge ? { edge } : {}) };
  acknowledgeFindings(stacks);
  return stacks;
}
