import type { Program } from './program.ts';
import { NONE, type Node } from './syntax/tree.ts';
import { ORIGIN, UNKNOWN, type Value } from './value.ts';

/** Decorators that make a function answer requests. */
const ROUTES = /^(?:route|get|post|put|patch|delete|websocket|api_view|before_request)$/;

const PARAMETER: Value = { ...UNKNOWN, origin: ORIGIN.parameter };

/**
 * What a function is called with, as far as the place tells that it is written at:
 * `socket.on('data', (chunk) => …)`, `import('fs').then((fs) => …)`, `@app.get('/')`.
 */
export function handed(program: Program, fn: Node): Value {
  const { tree } = program;
  const around = tree.parent(fn);
  if (around === NONE) return PARAMETER;
  if (tree.type(around) === 'decorated_definition') {
    const routed = tree.children(around).some((decorator) => {
      const call = program.expression(tree.first(decorator));
      const callee = call.kind === 'call' ? program.expression(call.callee) : call;
      return tree.type(decorator) === 'decorator' && callee.kind === 'member' && ROUTES.test(callee.name);
    });
    return routed ? { ...PARAMETER, origin: ORIGIN.remote } : PARAMETER;
  }
  if (tree.type(around) !== 'arguments') return PARAMETER;
  const call = program.expression(tree.parent(around));
  if (call.kind !== 'call') return PARAMETER;
  const callee = program.value(call.callee);
  const { origin } = program.named(`${callee.name}()`, callee.origin);
  const method = program.expression(call.callee);
  const name = method.kind === 'member' && method.name === 'then' ? program.value(method.object).name : '';
  return { ...PARAMETER, name, origin: origin > ORIGIN.parameter ? origin : ORIGIN.parameter };
}
