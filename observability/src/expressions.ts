/** Selectors of series in a PromQL expression, for tests: `sum(rate(a{x="1"}[5m])) / b` → a{x="1"}, b. */
export function selectorsOf(expression: string): string[] {
  const found = expression.matchAll(/\b([a-z_][a-z0-9_:]*)(\{[^}]*\})?/g);
  const names = [...found].filter(([, name = '']) => /^(?:rce[_:]|http_|process_|container_|up$)/.test(name));
  return [...new Set(names.map(([selector]) => selector))];
}
