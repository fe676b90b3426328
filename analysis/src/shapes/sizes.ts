import type { Program } from '../program.ts';
import { NONE, type Node } from '../syntax/tree.ts';
import type { Value } from '../value.ts';
import type { Report } from './index.ts';

/** More elements or bytes than this at once are more than a sandbox has memory for. */
const HUGE = 1e8;
/** A power with more bits than this takes seconds and megabytes to compute. */
const HUGE_BITS = 1e7;
const MANY_ROUNDS = 1e10;

/** Calls whose first argument is how much they allocate. */
const ALLOCATES = new Set([
  'bytearray',
  'bytes',
  'Buffer.alloc',
  'Buffer.allocUnsafe',
  'ArrayBuffer',
  'SharedArrayBuffer',
  'Uint8Array',
  'Float64Array',
  'numpy.zeros',
  'numpy.ones',
  'numpy.empty',
  'os.urandom',
  'secrets.token_bytes',
  'crypto.randomBytes',
]);
/** Calls that keep all they iterate over. */
const COLLECTS = new Set(['list', 'tuple', 'set', 'sorted', 'dict', 'sum', 'Array.from', 'bytearray']);
const ENDLESS = new Set(['itertools.count()', 'itertools.cycle()']);

export function detectSizes(program: Program, report: Report): void {
  const { tree } = program;
  const comprehensions = tree.byKind(undefined, isComprehension);
  for (let node = 0; node < tree.size; node += 1) {
    const expression = program.expression(node);
    if (expression.kind === 'binary' && expression.left !== NONE) {
      const [left, right] = [program.value(expression.left), program.value(expression.right)];
      if (expression.operator === '**' && isRaisedAgain(program, expression.left, expression.right)) {
        report('huge-number', tree.start(node), tree.end(node));
      } else if (isHugeProduct(expression.operator, left, right))
        report('huge-allocation', tree.start(node), tree.end(node));
      else if (isHugePower(program, expression.operator, left, right, expression.left)) {
        report('huge-number', tree.start(node), tree.end(node));
      }
    } else if (expression.kind === 'call') {
      const { name } = program.value(expression.callee);
      const first = expression.args[0]?.node ?? NONE;
      const value = program.value(first);
      const size = value.number ?? 0;
      const callee = program.expression(expression.callee);
      const method = callee.kind === 'member' ? callee.name : '';
      if (ALLOCATES.has(name) && size >= HUGE) report('huge-allocation', tree.start(node), tree.end(node));
      else if ((method === 'repeat' || method === 'padStart' || method === 'padEnd') && size >= HUGE) {
        report('huge-allocation', tree.start(node), tree.end(node));
      } else if (COLLECTS.has(name) && (ENDLESS.has(value.name) || rangeSize(program, first) >= HUGE)) {
        report('huge-allocation', tree.start(node), tree.end(node));
      } else if (name === 'range' && isLoopHead(program, node) && rangeSize(program, node) >= MANY_ROUNDS) {
        report('many-rounds', tree.start(node), tree.end(node));
      } else if ((name === 'pow' && expression.args.length === 2) || name === 'math.factorial') {
        const exponent =
          name === 'pow' ? program.value(expression.args[1]?.node ?? NONE).number : value.number;
        if (exponent !== undefined && exponent >= HUGE_BITS / 4 && (name !== 'pow' || Math.abs(size) > 1)) {
          report('huge-number', tree.start(node), tree.end(node));
        }
      } else if (method === 'fill' && callee.kind === 'member') {
        // new Array(1e9).fill(0): the array is empty until it is filled.
        const made = program.expression(callee.object);
        if (made.kind === 'call' && program.value(made.callee).name === 'Array') {
          if ((program.value(made.args[0]?.node ?? NONE).number ?? 0) >= HUGE) {
            report('huge-allocation', tree.start(node), tree.end(node));
          }
        }
      }
    } else if (comprehensions[tree.kind(node)]) {
      if (comprehensionSize(program, node) >= HUGE)
        report('huge-allocation', tree.start(node), tree.end(node));
    }
  }
}

const isComprehension = (type: string) => type.endsWith('comprehension');

/** n = n ** n, in a loop */
function isRaisedAgain(program: Program, left: Node, right: Node): boolean {
  const { tree, dialect } = program;
  if (dialect.rules === 'javascript' || !dialect.identifiers.has(tree.type(left))) return false;
  if (tree.text(left) !== tree.text(right)) return false;
  const own = tree.text(left);
  let at = tree.parent(left);
  let assigned = false;
  for (let steps = 0; steps < 16 && at !== NONE; steps += 1) {
    const target = dialect.assignments[tree.type(at)]?.(tree, at)?.target ?? NONE;
    if (target !== NONE && tree.text(target) === own) assigned = true;
    if (dialect.loops[tree.type(at)] !== undefined) return assigned;
    at = tree.parent(at);
  }
  return false;
}

function isHugeProduct(operator: string, left: Value, right: Value): boolean {
  if (operator !== '*') return false;
  const [sequence, count] = left.kind === 'number' ? [right, left.number] : [left, right.number];
  if (count === undefined || (sequence.kind !== 'collection' && sequence.kind !== 'text')) return false;
  return count * Math.max(1, sequence.text?.length ?? 1) >= HUGE;
}

function isHugePower(program: Program, operator: string, left: Value, right: Value, node: Node): boolean {
  if (right.number === undefined || left.number === undefined) return false;
  // A power of powers, 9**9**9, overflows the numbers of the analysis itself: that is huge too.
  if (program.dialect.rules === 'javascript' && !/n$/.test(program.tree.text(node))) return false;
  if (operator === '**') {
    const base = Math.abs(left.number);
    return base > 1 && right.number * Math.log2(base) >= HUGE_BITS;
  }
  return operator === '<<' && left.number !== 0 && right.number >= HUGE_BITS;
}

/** How many numbers a range with constant bounds has; 0 for anything else. */
export function rangeSize(program: Program, node: Node): number {
  if (node === NONE) return 0;
  const expression = program.expression(node);
  if (expression.kind !== 'call' || program.value(expression.callee).name !== 'range') return 0;
  const numbers = expression.args.map((arg) => program.value(arg.node).number);
  if (numbers.some((number) => number === undefined)) return 0;
  const [first = 0, second, step = 1] = numbers;
  const size = second === undefined ? first : (second - first) / (step || 1);
  return Number.isNaN(size) ? 0 : size;
}

function isLoopHead(program: Program, node: Node): boolean {
  const { tree } = program;
  const parent = tree.parent(node);
  return parent !== NONE && (tree.type(parent) === 'for_statement' || tree.type(parent) === 'for_in_clause');
}

/** The rounds of a comprehension's clauses multiplied. */
function comprehensionSize(program: Program, node: Node): number {
  const { tree } = program;
  let size = 1;
  for (const child of tree.children(node)) {
    if (tree.type(child) === 'for_in_clause')
      size *= Math.max(1, rangeSize(program, tree.child(child, 'right')));
    if (tree.type(child) === 'if_clause') return 0;
  }
  return size;
}
