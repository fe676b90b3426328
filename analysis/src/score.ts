import type { Finding, RiskLevel } from '@rce/core/report.ts';

/** How likely one finding alone makes a program dangerous, by severity and by confidence. */
const SEVERITY = { critical: 0.6, high: 0.4, medium: 0.18, low: 0.06, info: 0 } as const;
const CONFIDENCE = { high: 1, medium: 0.7, low: 0.4 } as const;

/** From which score on a program has a level: one sure finding of a severity reaches the level of its name. */
const LEVELS: readonly (readonly [RiskLevel, number])[] = [
  ['critical', 60],
  ['high', 40],
  ['medium', 18],
  ['low', 0.1],
  ['none', 0],
];

type Weighed = Pick<Finding, 'rule' | 'severity' | 'confidence' | 'suppressed'> & {
  readonly scored: boolean;
};

/**
 * The score is 100·(1 − ∏(1 − p)), as if findings were independent; p is halved at each repeat of a rule,
 * for the tenth `subprocess.run` tells little that the first did not. Shares are in tenths of a point and
 * add up to the score exactly.
 */
export function score(findings: readonly Weighed[]): { score: number; level: RiskLevel; shares: number[] } {
  const seen = new Map<string, number>();
  const weights = findings.map((finding) => {
    if (finding.suppressed || !finding.scored) return 0;
    const repeats = seen.get(finding.rule) ?? 0;
    seen.set(finding.rule, repeats + 1);
    const p = (SEVERITY[finding.severity] * CONFIDENCE[finding.confidence]) / 2 ** Math.min(repeats, 30);
    return -Math.log1p(-p);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const tenths = Math.round(1000 * -Math.expm1(-total));
  const shares = apportion(tenths, weights, total);
  const points = tenths / 10;
  const level = LEVELS.find(([, from]) => points >= from)?.[0] ?? 'none';
  return { score: points, level, shares: shares.map((share) => share / 10) };
}

/** Splits whole tenths by weight; what rounding leaves over goes to the largest remainders. */
function apportion(tenths: number, weights: readonly number[], total: number): number[] {
  if (total === 0) return weights.map(() => 0);
  const exact = weights.map((weight) => (tenths * weight) / total);
  const shares = exact.map(Math.floor);
  let left = tenths - shares.reduce((sum, share) => sum + share, 0);
  const order = exact.map((value, index) => [value - Math.floor(value), index] as const);
  for (const [, index] of order.sort((a, b) => b[0] - a[0] || a[1] - b[1])) {
    if (left <= 0) break;
    shares[index] = (shares[index] ?? 0) + 1;
    left -= 1;
  }
  return shares;
}
