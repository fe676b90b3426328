import type { Program } from '../program.ts';
import { type Dialect, type Loop, loopOf } from '../syntax/dialect.ts';
import { NONE, type Node } from '../syntax/tree.ts';
import { doublesForever, doublesOften } from './doubling.ts';
import type { Report } from './index.ts';
import { rangeSize } from './sizes.ts';
import { countAssignments, isStuck, movesAway } from './stuck-loops.ts';

/** Iterators that never end. */
const ENDLESS = new Set(['itertools.count()', 'itertools.cycle()']);
const ENDLESS_UNLESS_COUNTED = 'itertools.repeat()';

/** Calls that wait for something, so that a loop of them spins no processor. */
const WAITS =
  /(?:^|\.)(?:[sS]leep|Accept|Recv\w*|Receive|Read\w*|Scan\w*|Wait|Lock|take|input|raw_input|recv|recvfrom|accept|read|readline|get|gets|scanf|fgets|getline|readLine|nextLine|wait|waitpid|Sleep|usleep|poll|select|join|serve_forever|handle_request|result|acquire|communicate|pause)$/;

/** Calls that start something and do not wait for its end: an endless loop of them exhausts the machine. */
const STARTS =
  /^(?:v?fork|libc\.fork|nix\.unistd\.fork|pcntl_fork|Process\.fork|os\.(?:fork|forkpty|spawn\w*|popen|posix_spawn)|multiprocessing\.Process\(\)\.start|child_process\.(?:exec|execFile|spawn|fork)|cluster\.fork|threading\.Thread\(\)\.start|worker_threads\.Worker|subprocess\.Popen)$/;
/** The like with threads, which servers start too, when somebody has called. */
const THREADS =
  /^(?:Thread|Thread\(\)\.start|Thread\.(?:new|start|fork)|std\.thread(?:\.spawn)?|pthread_create)$/;
/** Calls that send something, whoever takes it. */
const SENDS =
  /(?:^|\.)(?:sendto|sendall|send)$|^(?:requests|httpx)\.\w+$|^(?:urllib\.request\.urlopen|https?\.(?:get|request)|fetch)$/;
/** Calls that neither wait nor end the loop by an error; others may. */
const HARMLESS =
  /^(?:mem(?:set|cpy|move)|make|append|realloc|vec!|format!|println|echo|printf|puts|putchar|malloc|calloc|println!|print|open|len|str|int|float|list|dict|set|tuple|range|abs|min|max|sum|bytes|bytearray|Array|Object|Map|Set|Date|Buffer|String|Number|Uint8Array|ArrayBuffer|fs\.\w+Sync|(?:fmt|System\.out|console|Math|math|random|Buffer|hashlib|JSON|crypto|time)\.\w+(?:\(\)\.\w+)*|.*\.(?:append|push|push_back|emplace_back|leak|detach|into_boxed_slice|resize|add|extend|insert|unshift|concat|fill|write|update|set|repeat|join|split|format|copy|toString|log|start|clone|push_str|to_string|to_owned|len|length|size|is_?[eE]mpty|empty\??))$/;

export function detectLoops(program: Program, report: Report): void {
  const { tree, dialect } = program;
  const does = survey(program);
  const assigned = countAssignments(program);
  const loops = tree.byKind(dialect, loopOf);
  for (let node = 0; node < tree.size; node += 1) {
    const loop = loops[tree.kind(node)]?.(tree, node);
    if (loop === undefined || loop.body === NONE) continue;
    const body = does[loop.body] ?? 0;
    const leaves = (body & (LEAVES | BREAKS)) !== 0;
    const end = headEnd(program, node, loop);
    const endless =
      runsForever(program, loop) ||
      doublesForever(program, loop) ||
      (dialect.seesChanges && (isStuck(program, node, loop, assigned) || movesAway(program, node, loop)));
    // A server waits for somebody to start something for; a bomb does not wait.
    const starts = (endless && body & STARTING) || (!leaves && body & FORKING);
    const threads = endless && !leaves && body & THREADING && !(body & UNCLEAR);
    if ((starts || threads) && !(body & WAITING)) report('fork-loop', tree.start(node), end);
    if (leaves) continue;
    if (endless) {
      if (body & SENDING && !(body & WAITING)) report('flood-loop', tree.start(node), end);
      if (body & UNCLEAR && isTried(program, node)) continue;
      const shape =
        body & WAITING ? 'endless-waiting-loop' : body & UNCLEAR ? 'endless-unclear-loop' : 'endless-loop';
      report(shape, tree.start(node), end);
    } else if (loop.over !== NONE && doublesOften(program, loop, rangeSize(program, loop.over))) {
      report('huge-allocation', tree.start(node), end);
    } else if (loop.over !== NONE && growsWhatItRunsOver(program, loop)) {
      report('endless-loop', tree.start(node), end);
    }
  }
}

/** An error ends a loop that stands in a try of the same function. */
function isTried({ tree, dialect }: Program, node: Node): boolean {
  let at = tree.parent(node);
  for (let steps = 0; steps < 64 && at !== NONE; steps += 1) {
    const type = tree.type(at);
    if (type === 'try_statement') return true;
    if (dialect.scopes[type] !== undefined) return false;
    at = tree.parent(at);
  }
  return false;
}

/** A finding marks the head of a loop, not all of its body. */
function headEnd({ tree }: Program, node: Node, loop: Loop): number {
  const head = loop.condition !== NONE ? loop.condition : loop.over;
  const end = head !== NONE ? tree.end(head) : tree.start(loop.body);
  return Math.max(end, tree.start(node) + 1) > tree.end(node) ? tree.end(node) : end;
}

function runsForever(program: Program, loop: Loop): boolean {
  const { tree } = program;
  if (loop.over !== NONE) {
    const over = program.value(loop.over);
    if (ENDLESS.has(over.name)) return true;
    const expression = program.expression(loop.over);
    if (expression.kind !== 'call') return false;
    if (over.name === ENDLESS_UNLESS_COUNTED) return expression.args.length === 1;
    // iter(int, 1) calls int until it gives 1, which it never does.
    return (
      over.name === 'iter()' &&
      expression.args.length === 2 &&
      isConstantCall(program, expression.args[0]?.node)
    );
  }
  if (loop.condition === NONE) return true;
  const type = tree.type(loop.condition);
  if (type === 'empty_statement' || tree.text(loop.condition).trim() === ';') return true;
  return isTrue(program, loop.condition);
}

function isConstantCall(program: Program, node: Node | undefined): boolean {
  return node !== undefined && ['int', 'list', 'str', 'float', 'bool'].includes(program.value(node).name);
}

/** True as it stands, not through a variable: those may change. */
function isTrue(program: Program, node: Node): boolean {
  const { tree } = program;
  const expression = program.expression(node);
  switch (expression.kind) {
    case 'truth':
      return expression.value === true;
    case 'number':
      return expression.value !== 0;
    case 'text':
      return expression.text !== '';
    case 'collection':
      return program.dialect.rules === 'javascript' || expression.entries.length > 0;
    case 'same':
      return isTrue(program, expression.of);
    case 'binary': {
      if (expression.left === NONE) {
        return expression.operator === '!' && isFalse(program, expression.right);
      }
      return compares(program, expression.operator, expression.left, expression.right);
    }
    default: {
      const type = tree.type(node);
      const parts = tree.children(node);
      const [left, right] = parts;
      if (type === 'not_operator') return left !== undefined && isFalse(program, left);
      if (type === 'expression_statement') return left !== undefined && isTrue(program, left);
      if (type === 'comparison_operator' && parts.length === 2 && left !== undefined && right !== undefined) {
        return compares(program, tree.between(left, right), left, right);
      }
      return false;
    }
  }
}

function isFalse(program: Program, node: Node): boolean {
  const expression = program.expression(node);
  if (expression.kind === 'truth') return expression.value !== true;
  if (expression.kind === 'same') return isFalse(program, expression.of);
  return expression.kind === 'number' && expression.value === 0;
}

function compares(program: Program, operator: string, left: Node, right: Node): boolean {
  const [a, b] = [program.expression(left), program.expression(right)];
  if (a.kind !== 'number' || b.kind !== 'number') return false;
  switch (operator) {
    case '==':
    case '===':
    case 'is':
      return a.value === b.value;
    case '!=':
    case '!==':
      return a.value !== b.value;
    case '<':
      return a.value < b.value;
    case '<=':
      return a.value <= b.value;
    case '>':
      return a.value > b.value;
    case '>=':
      return a.value >= b.value;
    default:
      return false;
  }
}

/** What a break leaves as it leaves a loop. */
const SWITCH = /^(?:\w+_)?switch_(?:statement|expression)$/;

const LEAVES = 1;
const BREAKS = 2;
const WAITING = 4;
const STARTING = 8;
const FORKING = 16;
const UNCLEAR = 32;
const SENDING = 64;
const THREADING = 128;

/**
 * What each node does, its descendants included, apart from the functions it defines. Flags climb from
 * children to parents in one pass; a break climbs no further than the loop it leaves.
 */
function survey(program: Program): Uint8Array {
  const { tree, dialect } = program;
  const flags = new Uint8Array(tree.size);
  const roles = tree.byKind(dialect, roleOf);
  const calls = new Map<string, number>();
  for (let node = tree.size - 1; node > 0; node -= 1) {
    const role = roles[tree.kind(node)] ?? 0;
    let own = flags[node] ?? 0;
    if (role & EXIT) own |= isAwaitOfNothing(program, node) ? 0 : LEAVES;
    // `break label` may leave any loop around it.
    else if (role & BREAK) own |= tree.first(node) === NONE ? BREAKS : LEAVES;
    else {
      const expression = program.expression(node);
      if (expression.kind === 'call') {
        const name = program.called(expression);
        let done = calls.get(name);
        if (done === undefined) {
          done = doneBy(name, dialect);
          calls.set(name, done);
        }
        own |= done;
      }
    }
    // What is started beside the loop holds up nothing in it.
    if (role & GO) own = THREADING;
    else if (own !== 0 && dialect.rules === 'bash' && inBackground(program, node)) own = STARTING;
    flags[node] = own;
    if (role & SCOPE) continue;
    if (role & LEFT) own &= ~BREAKS;
    const parent = tree.parent(node);
    if (parent !== NONE) flags[parent] = (flags[parent] ?? 0) | own;
  }
  return flags;
}

/** What a call of this name does. */
function doneBy(name: string, { exitCalls }: Dialect): number {
  let does = exitCalls.has(name) ? LEAVES : 0;
  const starts = STARTS.test(name);
  if (SENDS.test(name)) does |= SENDING | UNCLEAR;
  else if (WAITS.test(name)) does |= WAITING;
  else if (THREADS.test(name)) does |= THREADING;
  else if (!starts && !HARMLESS.test(name)) does |= UNCLEAR;
  if (starts) does |= STARTING;
  if (name === 'os.fork' || name === 'os.forkpty') does |= FORKING;
  return does;
}

const EXIT = 1;
const BREAK = 2;
const GO = 4;
const SCOPE = 8;
/** What a break leaves. */
const LEFT = 16;

function roleOf(type: string, { exits, breaks, scopes, loops }: Dialect): number {
  let role = exits.has(type) ? EXIT : 0;
  if (breaks.has(type)) role |= BREAK;
  if (type === 'go_statement') role |= GO;
  if (scopes[type] !== undefined) role |= SCOPE;
  if (loops[type] !== undefined || SWITCH.test(type)) role |= LEFT;
  return role;
}

/** `await null` only lets other waiting functions go on; nothing outside the program gets a turn. */
function isAwaitOfNothing(program: Program, node: Node): boolean {
  if (program.tree.type(node) !== 'await_expression') return false;
  const { kind, name } = program.value(program.tree.first(node));
  return kind === 'truth' || kind === 'number' || kind === 'text' || name === 'Promise.resolve()';
}

/** `command &` */
function inBackground({ tree }: Program, node: Node): boolean {
  const end = tree.end(node);
  return (
    /^(?:command|pipeline|subshell)$/.test(tree.type(node)) &&
    /^\s*&(?![&>])/.test(tree.source.slice(end, end + 8))
  );
}

/** for x in xs: xs.append(…) */
function growsWhatItRunsOver(program: Program, loop: Loop): boolean {
  const { tree, dialect } = program;
  if (!dialect.identifiers.has(tree.type(loop.over))) return false;
  const name = tree.text(loop.over);
  // Long bodies are not looked through: loops inside loops would be read again and again.
  const last = Math.min(tree.lastOf(loop.body), loop.body + 1000);
  for (let node = loop.body; node <= last; node += 1) {
    const expression = program.expression(node);
    if (expression.kind !== 'call') continue;
    const callee = program.expression(expression.callee);
    if (callee.kind !== 'member' || !['append', 'extend', 'push', 'unshift', 'insert'].includes(callee.name))
      continue;
    if (tree.text(callee.object) === name && isUnconditional(program, node, loop.body)) return true;
  }
  return false;
}

function isUnconditional({ tree, dialect }: Program, node: Node, within: Node): boolean {
  for (let at = tree.parent(node); at !== NONE && at >= within; at = tree.parent(at)) {
    const type = tree.type(at);
    if (dialect.branches.has(type) || dialect.scopes[type] !== undefined || type === 'try_statement')
      return false;
  }
  return true;
}
