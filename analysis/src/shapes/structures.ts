import { BUILTINS } from '../known-functions.ts';
import type { Program } from '../program.ts';
import { assignmentOf } from '../syntax/dialect.ts';
import type { Call } from '../syntax/expression.ts';
import { NONE, type Node } from '../syntax/tree.ts';
import { ORIGIN } from '../value.ts';
import type { Report } from './index.ts';

/** Names whose values have to be hard to guess. */
const SECRET_NAME =
  /(?:^|[_.$])(?:token|secret|passw(?:or)?d|passphrase|nonce|salt|otp|csrf|(?:api|private|secret|session|auth)_?(?:key|token|id))s?$/i;
const RANDOM =
  /^(?:random\.(?!SystemRandom|seed|shuffle|sample$)\w+|numpy\.random\.\w+|Math\.random|math\/rand(?:\/v2)?\.\w+|(?:mt_)?rand|(?:java\.util\.)?Random\(\)\.\w+|Random\.rand|Kernel\.rand)$/;
const COMPARED_SECRET =
  /^(?:password|passwd|secret|api|api_?key|token|auth|pass|hash|hmac|digest|signature)$/i;
/** Names of positions, which are numbers. */
const POSITION =
  /^(?:[ijklmnpqrstuvwxyz]\d?|[a-z]{0,8}(?:idx|index|pos|row|col|num|count|len|size|start|end|left|right|mid|low|high|head|tail|first|last|offset))$/i;
const ITSELF = /\b(?:__filename|__file__|import\.meta\.(?:url|filename)|process\.argv\[1\]|sys\.argv\[0\])/;
const STARTS = /^(?:subprocess|child_process|multiprocessing|cluster)\.|^os\.(?:exec|spawn|system|popen)/;

/** Shapes of single expressions that names and arguments alone do not tell. */
export function detectStructures(program: Program, report: Report): void {
  const { tree, dialect } = program;
  const javascript = dialect.rules === 'javascript';
  const python = dialect.rules === 'python';
  let csrf = false;
  const assignments = tree.byKind(dialect, assignmentOf);
  let node = 0;
  const at = (shape: string, detail = '') => report(shape, tree.start(node), tree.end(node), detail);
  for (; node < tree.size; node += 1) {
    const assignment = assignments[tree.kind(node)]?.(tree, node);
    if (assignment !== undefined) {
      inAssignment(program, assignment.target, assignment.value, at);
      continue;
    }
    const expression = program.expression(node);
    if (expression.kind === 'other' && tree.type(node) === 'exec_statement') {
      const code = tree.child(node, 'code');
      at(
        program.value(code).origin === ORIGIN.constant ? 'exec-statement-literal' : 'exec-statement',
        'exec',
      );
      continue;
    }
    if (expression.kind === 'call') {
      inCall(program, expression, at, javascript);
      const callee = program.expression(expression.callee);
      const name = callee.kind === 'member' || callee.kind === 'name' ? callee.name : '';
      if (name === 'csrf') csrf = true;
      else if (name === 'methodOverride' && csrf) at('csrf-order');
    } else if (python && (expression.kind === 'index' || expression.kind === 'member')) {
      const name = expression.kind === 'index' ? program.value(expression.index).text : expression.name;
      if (name?.startsWith('__') !== true || tree.field(node) === 'left') continue;
      if (expression.kind === 'index' ? BUILTINS.test(name) : name === '__builtins__') {
        at('builtins-lookup', name);
      }
    } else if (javascript && expression.kind === 'binary' && expression.left !== NONE) {
      if (
        /^[!=]==?$/.test(expression.operator) &&
        comparesSecret(program, expression.left, expression.right)
      ) {
        at('timing-comparison');
      }
    } else if (javascript && expression.kind === 'index' && tree.type(node) === 'subscript_expression') {
      const parent = tree.parent(node);
      const called =
        parent !== NONE && tree.type(parent) === 'call_expression' && tree.field(node) === 'function';
      if (called && isComputedProperty(program, node)) at('computed-property');
    }
  }
}

type At = (shape: string, detail?: string) => void;

function inCall(program: Program, call: Call, at: At, javascript: boolean): void {
  const { tree } = program;
  const { name } = program.value(call.callee);
  const callee = program.expression(call.callee);
  const first = call.args[0]?.node ?? NONE;
  if (STARTS.test(name)) {
    const args = call.args.slice(0, 4).map((arg) => tree.text(arg.node).slice(0, 200));
    if (args.some((text) => ITSELF.test(text))) at('self-start', name);
  }
  if (!javascript) return;
  // Function under its own name is another rule's; here it is reached through some object, and given code.
  if (name === 'Function' && callee.kind !== 'name' && call.args.length > 0) at('constructor-chain');
  if (name === 'Buffer' && call.construct === true && program.value(first).origin !== ORIGIN.constant) {
    at('new-buffer', 'new Buffer');
  }
  if (callee.kind !== 'member') return;
  if (callee.name === 'pipe') {
    const ends = [program.value(callee.object).name, program.value(first).name];
    const child = ends.some((end) => /^child_process\.\w+\(\)\.std/.test(end));
    const own = ends.some((end) => /^process\.std/.test(end));
    if (child && !own) at('piped-process', 'pipe');
  } else if (callee.name === 'write' || callee.name === 'writeln') {
    const on = tree.text(callee.object).slice(0, 80);
    if (/document/i.test(on) && call.args.some((arg) => program.value(arg.node).origin !== ORIGIN.constant)) {
      at('document-write', `${on}.${callee.name}`);
    }
  }
}

function inAssignment(program: Program, target: Node, value: Node, at: At): void {
  const expression = program.expression(target);
  const name = expression.kind === 'member' || expression.kind === 'name' ? expression.name : '';
  if (name !== '' && SECRET_NAME.test(name)) {
    const random = randomCall(program, value);
    if (random !== '') at('random-secret', random);
  }
  if (expression.kind !== 'member' && expression.kind !== 'index') return;
  const on = program.expression(expression.object);
  const onName = program.value(expression.object).name;
  if (onName === 'builtins') at('patched-builtin', `builtins.${name}`);
  if (program.dialect.rules !== 'javascript') return;
  const throughProto =
    (on.kind === 'member' && on.name === '__proto__') ||
    (on.kind === 'index' && program.value(on.index).text === '__proto__');
  if (throughProto || /^(?:Object|Array|String|Function)\.prototype$/.test(onName)) at('prototype-write');
  else if (expression.kind === 'index' && isComputedProperty(program, target)) at('computed-property');
}

/** A random number in what is computed, looked for in a few nodes only. */
function randomCall(program: Program, value: Node): string {
  const { tree } = program;
  const last = Math.min(tree.lastOf(value), value + 200);
  for (let node = value; node <= last; node += 1) {
    const expression = program.expression(node);
    if (expression.kind !== 'call') continue;
    const { name } = program.value(expression.callee);
    if (RANDOM.test(name)) return name;
  }
  return '';
}

/** object[name] where the name is a plain variable that is not a position. */
function isComputedProperty(program: Program, node: Node): boolean {
  const expression = program.expression(node);
  if (expression.kind !== 'index') return false;
  const index = program.expression(expression.index);
  if (index.kind !== 'name' || POSITION.test(index.name)) return false;
  const value = program.value(expression.index);
  return value.origin !== ORIGIN.constant && value.kind !== 'number';
}

function comparesSecret(program: Program, left: Node, right: Node): boolean {
  const sides = [left, right].map((node) => program.expression(node));
  const secret = sides.some((side) => side.kind === 'name' && COMPARED_SECRET.test(side.name));
  const literal = sides.some(
    (side) => side.kind === 'truth' || side.kind === 'number' || side.kind === 'binary',
  );
  const undefinedName = sides.some((side) => side.kind === 'name' && side.name === 'undefined');
  return secret && !literal && !undefinedName;
}
