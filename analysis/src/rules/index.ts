import type { Rule } from '../rule.ts';
import { ABUSE } from './abuse.ts';
import { BASH } from './bash.ts';
import { C } from './c.ts';
import { CODE_EXECUTION } from './code-execution.ts';
import { COMMON } from './common.ts';
import { CRYPTOGRAPHY } from './cryptography.ts';
import { DESERIALISATION } from './deserialisation.ts';
import { ENVIRONMENT } from './environment.ts';
import { FILE_SYSTEM } from './file-system.ts';
import { GO } from './go.ts';
import { INJECTION } from './injection.ts';
import { JAVA } from './java.ts';
import { NETWORK } from './network.ts';
import { OBFUSCATION } from './obfuscation.ts';
import { PHP } from './php.ts';
import { PROCESS } from './process.ts';
import { QUALITY } from './quality.ts';
import { RESOURCES } from './resources.ts';
import { RUBY } from './ruby.ts';
import { RUST } from './rust.ts';
import { SANDBOX_ESCAPE } from './sandbox-escape.ts';
import { SECRETS } from './secrets.ts';
import { SYNTAX } from './syntax.ts';

/** All rules, in the order in which the documentation shows them. */
export const RULES: readonly Rule[] = [
  ...CODE_EXECUTION,
  ...DESERIALISATION,
  ...PROCESS,
  ...FILE_SYSTEM,
  ...NETWORK,
  ...SANDBOX_ESCAPE,
  ...RESOURCES,
  ...SECRETS,
  ...OBFUSCATION,
  ...CRYPTOGRAPHY,
  ...INJECTION,
  ...ENVIRONMENT,
  ...ABUSE,
  ...SYNTAX,
  ...QUALITY,
  ...COMMON,
  ...BASH,
  ...C,
  ...GO,
  ...JAVA,
  ...PHP,
  ...RUBY,
  ...RUST,
];
