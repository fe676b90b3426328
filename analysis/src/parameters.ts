import type { Program } from './program.ts';
import { NONE, type Node } from './syntax/tree.ts';
import { ORIGIN, type Origin } from './value.ts';

/** Decorators that make a function answer requests. */
const ROUTES = /^(?:route|get|post|put|patch|delete|websocket|api_view|before_request)$/;

/**
 * Where the arguments of a function come from, as far as the place tells that the function is written at:
 * `socket.on('data', (chunk) => …)`, `@app.get('/')`.
 */
export function handed(program: Program, fn: Node): Origin {
  const { tree } = program;
  const around = tree.parent(fn);
  if (around === NONE) return ORIGIN.parameter;
  if (tree.type(around) === 'decorated_definition') {
    const routed = tree.children(around).some((decorator) => {
      const call = program.expression(tree.first(decorator));
      const callee = call.kind === 'call' ? program.expression(call.callee) : call;
      return tree.type(decorator) === 'decorator' && callee.kind === 'member' && ROUTES.test(callee.name);
    });
    return routed ? ORIGIN.remote : ORIGIN.parameter;
  }
  if (tree.type(around) !== 'arguments') return ORIGIN.parameter;
  const call = program.expression(tree.parent(around));
  if (call.kind !== 'call') return ORIGIN.parameter;
  const callee = program.value(call.callee);
  const { origin } = program.named(`${callee.name}()`, callee.origin);
  return origin > ORIGIN.parameter ? origin : ORIGIN.parameter;
}
