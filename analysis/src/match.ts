import { holds, MAX_MATCHED, originOf, type Subject } from './conditions.ts';
import { isOneOfWords } from './narrowing.ts';
import { NameIndex } from './patterns.ts';
import type { Program } from './program.ts';
import type { Match, Rule, RuleLanguage, When } from './rule.ts';
import { assignmentOf } from './syntax/dialect.ts';
import type { Call } from './syntax/expression.ts';
import { NONE, type Node } from './syntax/tree.ts';
import { GAP, ORIGIN, type Value } from './value.ts';

/** A place where a rule matched; offsets are UTF-16 code units of the source. */
export interface Hit {
  readonly rule: Rule;
  readonly start: number;
  readonly end: number;
  /** The name that stands for `{}` in the rule's message. */
  readonly name: string;
  /** Data from outside the program reaches it. */
  readonly external: boolean;
  /** Found in a program that this one keeps in a text. */
  readonly hidden?: boolean;
  /** Why it does not do what it seems to. */
  readonly harmless?: 'unreached' | 'checked';
}

/** A text that the program runs as a program. */
export interface HiddenProgram {
  readonly code: string;
  readonly start: number;
  readonly end: number;
}

const MAX_HIDDEN = 8;
/** What may stand between words when IFS says so. */
const IFS = /[,:;|\t\n]+/g;
const GIVEN_TO = new Set(['decorator', 'class_heritage', 'extends_clause']);
const isGivenTo = (type: string) => GIVEN_TO.has(type);
const MAX_ENTRIES = 64;
const MAX_TABLE = 12;
/** Methods that call what they are given; to any other function, Function is a type. */
const CALLS_BACK =
  /^(?:map|flatMap|forEach|reduce|then|filter|find|from|some|every|apply|call|bind|construct)$/;
/** With more findings than these, it is not looked for checks of what is given. */
const MAX_CHECKED = 400;
const JOINS = new Set(['os.path.join', 'os.path.expanduser', 'path.join', 'path.resolve']);
const MAX_JOINS = 3;
/** A function of another module that asks whether a file is there. */
const EXISTS = /(?:^|[.?_a-z])[eE]xists(?:Sync)?$/;
/** Calls that read a member by its name. */
const LOOKUPS = new Set(['getattr', 'Reflect.get', 'operator.attrgetter()']);
const NOTHING: readonly never[] = [];

type NamedEntry = { readonly rule: Rule; readonly when: readonly When[] | undefined };

/** The rules of one language, indexed by what they look for. */
export class Matcher {
  private readonly calls = new NameIndex<NamedEntry>();
  private readonly passed = new NameIndex<NamedEntry>();
  private readonly reads = new NameIndex<NamedEntry>();
  private readonly imports = new NameIndex<NamedEntry>();
  private readonly assigns: { readonly rule: Rule; readonly match: Extract<Match, { assign: RegExp }> }[] =
    [];
  private readonly texts: { readonly rule: Rule; readonly match: Extract<Match, { text: RegExp }> }[] = [];
  private readonly builts: { readonly rule: Rule; readonly match: Extract<Match, { built: RegExp }> }[] = [];
  private readonly shapes = new Map<string, Rule[]>();
  private readonly combinations: { readonly rule: Rule; readonly sets: readonly (readonly string[])[] }[] =
    [];

  constructor(rules: readonly Rule[], language: RuleLanguage) {
    for (const rule of rules) {
      if (!rule.languages.includes(language)) continue;
      const matches = Array.isArray(rule.match) ? rule.match : [rule.match as Match];
      for (const match of matches) this.add(rule, match);
    }
  }

  private add(rule: Rule, match: Match): void {
    if ('call' in match) {
      for (const name of match.call) this.calls.add(name, { rule, when: match.when });
    } else if ('passed' in match) {
      for (const name of match.passed) this.passed.add(name, { rule, when: undefined });
    } else if ('read' in match) {
      for (const name of match.read) this.reads.add(name, { rule, when: match.when });
    } else if ('import' in match) {
      for (const name of match.import) this.imports.add(name, { rule, when: undefined });
    } else if ('assign' in match) this.assigns.push({ rule, match });
    else if ('text' in match) this.texts.push({ rule, match });
    else if ('built' in match) this.builts.push({ rule, match });
    else if ('shape' in match) this.shapes.set(match.shape, [...(this.shapes.get(match.shape) ?? []), rule]);
    else this.combinations.push({ rule, sets: match.together });
  }

  /** Matches all rules, in one pass over the nodes. */
  run(program: Program, hits: Hit[], hidden: HiddenProgram[], outOfTime: () => boolean): boolean {
    const { tree, dialect, scopes } = program;
    for (const [module, at] of scopes.imported) {
      for (const { rule } of this.imports.find(module)) {
        hits.push(this.hit(program, rule, at === NONE ? 0 : at, module, false));
      }
    }
    const assignments = tree.byKind(dialect, assignmentOf);
    const givenTo = tree.byKind(dialect, isGivenTo);
    for (let node = 0; node < tree.size; node += 1) {
      if (node % 256 === 0 && outOfTime()) return false;
      const kind = tree.kind(node);
      const assignment = assignments[kind]?.(tree, node);
      if (assignment !== undefined) this.assigned(program, node, assignment.target, assignment.value, hits);
      // A decorator is called with what stands below it; a base class, when an instance is made.
      if (givenTo[kind]) this.given(program, tree.first(node), hits);
      const expression = program.expression(node);
      switch (expression.kind) {
        case 'call':
          this.called(program, node, expression, hits, hidden);
          break;
        case 'name':
        case 'member':
        case 'index': {
          const parent = tree.parent(node);
          // The inner parts of a.b.c are read too, but it is the whole that has the name.
          this.read(program, node, parent, hits);
          break;
        }
        case 'text':
        case 'template':
        case 'binary':
        case 'reversed':
          this.text(program, node, hits);
          break;
        case 'collection':
          // A function in a table is called by whoever looks it up.
          // A long list of names is about them.
          if (!expression.keyed && expression.entries.length > MAX_TABLE) break;
          for (const { value } of expression.entries.slice(0, MAX_ENTRIES)) this.given(program, value, hits);
          break;
      }
    }
    return true;
  }

  private called(program: Program, node: Node, call: Call, hits: Hit[], hidden: HiddenProgram[]): void {
    const { callee, args } = call;
    let name = program.called(call);
    let given = args;
    const expression = program.expression(callee);
    let receiver = expression.kind === 'member' || expression.kind === 'index' ? expression.object : NONE;
    // eval.call(null, code), eval.apply(null, [code]), Reflect.apply(eval, null, [code])
    const calls = expression.kind === 'member' && (expression.name === 'call' || expression.name === 'apply');
    if (expression.kind === 'member' && calls && program.dialect.rules === 'javascript') {
      const own = program.value(expression.object).name;
      if (own !== '' && !own.startsWith('?')) {
        name = own;
        given = args.slice(1);
        receiver = NONE;
      }
    } else if (name === 'Reflect.apply' || name === 'Reflect.construct' || name === 'functools.partial') {
      const first = args[0];
      if (first !== undefined) name = program.value(first.node).name || name;
      given = args.slice(1);
    }
    const subject: Subject = { args: given, receiver, callee, value: NONE };
    const names = name === '' ? [] : [name, ...this.starred(program, name)];
    for (const each of names) {
      for (const { rule, when } of this.calls.find(each)) {
        if (!holds(when, subject, program)) continue;
        const external = originOf(when, subject, program) >= ORIGIN.external;
        const hit = this.hit(program, rule, node, each, external);
        const checked =
          when !== undefined &&
          rule.severity === 'high' &&
          hits.length < MAX_CHECKED &&
          isOneOfWords(program, node, given);
        hits.push(checked ? { ...hit, harmless: 'checked' } : hit);
        if (rule.hides && hidden.length < MAX_HIDDEN) {
          const code = given
            .map((arg) => program.value(arg.node))
            .findLast((value) => value.kind === 'text')?.text;
          if (code !== undefined) {
            // A page of PHP begins with HTML.
            const text = program.dialect.rules === 'php' ? `<?php ${code}` : code;
            hidden.push({ code: text, start: program.tree.start(node), end: program.tree.end(node) });
          }
        }
      }
    }
    // cmd='rm -rf /'; $cmd: the words of a text become a command and its arguments.
    if (
      program.dialect.rules === 'bash' &&
      program.expression(callee).kind === 'same' &&
      hidden.length < MAX_HIDDEN
    ) {
      const code = name.replace(IFS, ' ');
      if (code.includes(' ')) {
        hidden.push({ code, start: program.tree.start(node), end: program.tree.end(node) });
      }
    }
    if (LOOKUPS.has(name)) this.read(program, node, NONE, hits);
    for (const { node: argument } of args.slice(0, 16)) this.given(program, argument, hits);
    const made = program.value(node);
    if (isHidden(made)) this.text(program, node, hits);
    else this.format(program, node, hits);
  }

  /** A function that is handed to another, which will call it. */
  private given(program: Program, node: Node, hits: Hit[]): void {
    const { name } = program.value(node);
    if (name === '') return;
    const found = this.passed.find(name);
    if (found.length === 0 || (name === 'Function' && !isCalledBack(program, node))) return;
    for (const { rule } of found) hits.push(this.hit(program, rule, node, name, false));
  }

  /** After `from os import *`, a name that nothing binds may be any of the module's. */
  private starred(program: Program, name: string): readonly string[] {
    if (program.scopes.stars.length === 0 || name.startsWith('?')) return NOTHING;
    return program.scopes.stars.slice(0, 8).map((module) => `${module}.${name}`);
  }

  private read(program: Program, node: Node, parent: Node, hits: Hit[]): void {
    const name = program.value(node).name;
    if (name === '' || (parent !== NONE && this.isDeclared(program, node))) return;
    const report = (each: string) => {
      const found = this.reads.find(each);
      if (found.length === 0 || isRepeated(program, node) || isOnlyNamed(program, node)) return;
      const subject: Subject = { args: [], receiver: NONE, callee: node, value: NONE };
      for (const { rule, when } of found) {
        if (holds(when, subject, program)) hits.push(this.hit(program, rule, node, each, false));
      }
    };
    report(name);
    for (const each of this.starred(program, name)) report(each);
  }

  /** The name in a definition, an import or a keyword is not read. */
  private isDeclared(program: Program, node: Node): boolean {
    const field = program.tree.field(node);
    return field === 'name' || field === 'alias' || field === 'module_name' || field === 'key';
  }

  private assigned(program: Program, node: Node, target: Node, value: Node, hits: Hit[]): void {
    const { tree } = program;
    const expression = program.expression(target);
    const name =
      expression.kind === 'member' || expression.kind === 'name'
        ? expression.name
        : expression.kind === 'index'
          ? (program.value(expression.index).text ?? '')
          : expression.kind === 'text'
            ? expression.text
            : tree.text(target).slice(0, 80);
    if (name === '' || name.length > 80) return;
    const receiver = expression.kind === 'member' || expression.kind === 'index' ? expression.object : NONE;
    const subject: Subject = { args: [], receiver, callee: NONE, value };
    for (const { rule, match } of this.assigns) {
      if (!match.assign.test(name) || !holds(match.when, subject, program)) continue;
      const external = originOf(match.when, subject, program) >= ORIGIN.external;
      hits.push(this.hit(program, rule, node, name, external));
    }
  }

  private text(program: Program, node: Node, hits: Hit[]): void {
    const { tree } = program;
    const parent = tree.parent(node);
    const value = program.value(node);
    // Of a sum of texts, the whole counts; of what a call puts together, too.
    if (parent !== NONE) {
      const around = program.expression(parent);
      const above =
        around.kind === 'binary' || around.kind === 'template' ? program.value(parent) : undefined;
      if (above !== undefined && (above.text !== undefined || above.shape !== undefined)) return;
      const call = around.kind === 'call' ? parent : tree.parent(parent);
      if (call !== NONE && program.expression(call).kind === 'call' && isHidden(program.value(call))) return;
    }
    if (value.text !== undefined) {
      const text = value.text.slice(0, MAX_MATCHED);
      if (this.isDocumentation(program, node) || this.isAsked(program, node)) return;
      for (const { rule, match } of this.texts) {
        if (match.hidden && !isHidden(value)) continue;
        const found = match.text.exec(text);
        if (found === null || match.accept?.(found[0]) === false) continue;
        if (match.notFor?.includes(this.givenTo(program, node)) === true) continue;
        hits.push(this.hit(program, rule, node, found[0].slice(0, 60), false));
      }
    } else if (!this.isAsked(program, node)) this.format(program, node, hits);
  }

  /** Whether something is there does no harm to ask. */
  private isAsked({ tree, dialect }: Program, node: Node): boolean {
    if (dialect.asks === undefined) return false;
    let at = tree.parent(node);
    for (let steps = 0; steps < 4 && at !== NONE; steps += 1) {
      if (dialect.asks.has(tree.type(at))) return true;
      if (!/_expression$|^concatenation$/.test(tree.type(at))) return false;
      at = tree.parent(at);
    }
    return false;
  }

  /** Text that is put together: `+`, `%`, templates and `.format()`. */
  private format(program: Program, node: Node, hits: Hit[]): void {
    const value = program.value(node);
    if (value.shape === undefined) return;
    const shape = value.shape.slice(0, MAX_MATCHED);
    for (const { rule, match } of this.builts) {
      const found = match.built.exec(shape);
      if (found === null || match.notFor?.includes(this.givenTo(program, node)) === true) continue;
      const name = found[0].replaceAll(GAP, '…').slice(0, 60);
      hits.push(this.hit(program, rule, node, name, value.origin >= ORIGIN.external));
    }
  }

  /** The name of the function that a text is an argument of. */
  private givenTo(program: Program, node: Node, depth = 0): string {
    const { tree } = program;
    const list = tree.parent(node);
    const call = list === NONE ? NONE : tree.parent(list);
    if (call === NONE || !/^argument(?:s|_list)$/.test(tree.type(list))) return '';
    const expression = program.expression(call);
    if (expression.kind !== 'call') return '';
    const callee = program.expression(expression.callee);
    const called = program.called(expression);
    const above = program.expression(tree.parent(call));
    if (called === 'pathlib.Path' && above.kind === 'member') return `${called}().${above.name}`;
    // exists(join(home, 'a'))
    if (JOINS.has(called) && depth < MAX_JOINS) return this.givenTo(program, call, depth + 1) || called;
    if (EXISTS.test(called) && program.value(expression.callee).kind !== 'function') return 'fs.exists';
    // Function, reached through some object, is not what it is called.
    return called === 'Function' && callee.kind !== 'name' ? '' : called;
  }

  /** A text that is a statement by itself does nothing. */
  private isDocumentation(program: Program, node: Node): boolean {
    const parent = program.tree.parent(node);
    return parent !== NONE && program.tree.type(parent) === 'expression_statement';
  }

  /** Rules on what a detector has found, at any place of the source. */
  shape(name: string, start: number, end: number, detail: string, hits: Hit[]): void {
    for (const rule of this.shapes.get(name) ?? []) {
      hits.push({ rule, start, end, name: detail, external: false });
    }
  }

  /** Rules on findings that stand together; placed where the last of them is. */
  combine(hits: Hit[]): void {
    const byRule = new Map(hits.filter((hit) => hit.harmless === undefined).map((hit) => [hit.rule.id, hit]));
    for (const { rule, sets } of this.combinations) {
      const members = sets.map((set) => set.map((id) => byRule.get(id)).find((hit) => hit !== undefined));
      const place = members.at(-1);
      if (place === undefined || members.includes(undefined)) continue;
      hits.push({ ...place, rule });
    }
  }

  private hit(program: Program, rule: Rule, node: Node, name: string, external: boolean): Hit {
    const { tree } = program;
    return { rule, start: tree.start(node), end: tree.end(node), name: name.replace(/^\?\.?/, ''), external };
  }
}

/** Text that the source holds in pieces or encoded. */
function isHidden(value: Value): boolean {
  return value.text !== undefined && (value.assembled === true || value.decoded === true);
}

/** A variable is not what it holds: `env = os.environ` reads the environment, `env` behind it does not once more. */
function isRepeated(program: Program, node: Node): boolean {
  const { tree, dialect } = program;
  if (program.expression(node).kind !== 'name') return false;
  const { name } = program.value(node);
  const bindings = program.scopes.find(dialect.identifier(tree.text(node)), node)?.bindings ?? NOTHING;
  return bindings.slice(0, 16).some((binding) => {
    if (binding.kind !== 'value' || binding.value === undefined || (binding.path ?? NOTHING).length > 0) {
      return false;
    }
    const from = program.expression(binding.value);
    // What any other call gives is read nowhere else.
    const read = from.kind !== 'call' || LOOKUPS.has(program.called(from));
    return read && program.value(binding.value).name === name;
  });
}

function isCalledBack(program: Program, node: Node): boolean {
  const { tree } = program;
  const list = tree.parent(node);
  const call = list === NONE ? NONE : tree.parent(list);
  const expression = call === NONE ? undefined : program.expression(call);
  if (expression?.kind !== 'call') return false;
  const callee = program.expression(expression.callee);
  return callee.kind === 'member' && CALLS_BACK.test(callee.name);
}

/** type(f.__globals__): what something is, or whether it is there, gives nothing of it away. */
const GIVES_NOTHING_AWAY = new Set(['type', 'isinstance', 'callable', 'id', 'bool', 'hasattr']);
/** Names of a module that say only which one it is. */
const PLAIN = /^__(?:name|file|package|doc|path|version)__$/;

/** Whether nothing comes of what is read: f.__globals__['__name__'], type(f.__globals__). */
function isOnlyNamed(program: Program, node: Node): boolean {
  const { tree, dialect } = program;
  const around = tree.parent(node);
  if (dialect.rules !== 'python' || around === NONE) return false;
  if (tree.type(around) === 'comparison_operator') return true;
  const expression = program.expression(around);
  if (expression.kind === 'index') return PLAIN.test(program.value(expression.index).text ?? '');
  const isGet = expression.kind === 'member' && expression.name === 'get';
  const call = program.expression(tree.parent(around));
  if (call.kind !== 'call') return false;
  if (isGet) return PLAIN.test(program.value(call.args[0]?.node ?? NONE).text ?? '');
  return tree.type(around) === 'argument_list' && GIVES_NOTHING_AWAY.has(program.called(call));
}
