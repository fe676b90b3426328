import type { Rule } from '../rule.ts';
import { CODE_EXECUTION } from './code-execution.ts';
import { SYNTAX } from './syntax.ts';

/** All rules, in the order in which the documentation shows them. */
export const RULES: readonly Rule[] = [...CODE_EXECUTION, ...SYNTAX];
