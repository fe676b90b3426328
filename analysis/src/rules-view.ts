import { CATEGORIES, type Rule } from './rule.ts';
import { RULES } from './rules/index.ts';

/** A rule as GET /analysis/rules shows it. */
export type RuleView = Omit<Rule, 'match'>;

export interface RulesView {
  readonly categories: readonly { readonly id: string; readonly name: string; readonly scored: boolean }[];
  readonly rules: readonly RuleView[];
}

/** All rules with their examples, without the patterns that they match by. */
export function rulesView(): RulesView {
  return {
    categories: Object.entries(CATEGORIES).map(([id, name]) => ({ id, name, scored: id !== 'quality' })),
    rules: RULES.map(({ match: _match, ...rule }) => rule),
  };
}
