/** A route as the manifest has it. */
export interface RoutePattern {
  readonly method: string;
  /** `{name}` stands for one segment. */
  readonly path: string;
  /** The function that answers it. */
  readonly name: string;
}

export type Match =
  | {
      readonly kind: 'found';
      readonly route: RoutePattern;
      readonly parameters: Readonly<Record<string, string>>;
    }
  /** The path is known, with other methods. */
  | { readonly kind: 'wrong-method'; readonly allow: readonly string[] }
  | { readonly kind: 'none' };

/** HEAD is answered as GET is, without a body. */
export function matchRoute(routes: readonly RoutePattern[], method: string, path: string): Match {
  const wanted = method === 'HEAD' ? 'GET' : method;
  const allow = new Set<string>();
  for (const route of routes) {
    const parameters = matchPath(route.path, path);
    if (!parameters) continue;
    if (route.method === wanted) return { kind: 'found', route, parameters };
    allow.add(route.method);
    if (route.method === 'GET') allow.add('HEAD');
  }
  return allow.size > 0 ? { kind: 'wrong-method', allow: [...allow] } : { kind: 'none' };
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const expected = pattern.split('/');
  const actual = path.split('/');
  if (expected.length !== actual.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const value = actual[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== value) return undefined;
    } else {
      if (value === '') return undefined;
      parameters[name] = decode(value);
    }
  }
  return parameters;
}

/** What cannot be decoded is passed on as it is: it will name nothing that exists. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
