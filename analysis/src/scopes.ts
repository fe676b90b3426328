import type { Declare, Dialect, Where } from './syntax/dialect.ts';
import type { Binding } from './syntax/expression.ts';
import { NONE, type Node, type SyntaxTree } from './syntax/tree.ts';

export interface Scope {
  readonly node: Node;
  readonly parent: Scope | undefined;
  readonly module: Scope | undefined;
  readonly kind: 'module' | 'function' | 'class';
  readonly names: Map<string, Binding[]>;
}

/** A hostile program nests scopes by the thousand; beyond this many, only the module's names are looked at. */
const MAX_SCOPES_SEARCHED = 32;

/** The names of a program: which scope each node stands in and what each scope binds. One pass. */
export class Scopes {
  readonly root: Scope;
  readonly stars: string[] = [];
  /** What is imported, modules and their members, and where first. */
  readonly imported = new Map<string, Node>();
  readonly modules = new Set<string>();
  /** Return statements' values, by function node; an arrow function's body where it is an expression. */
  readonly returns = new Map<Node, Node[]>();
  /** Names that stand alone among the arguments of a call, and where first. */
  readonly given = new Map<string, Node>();
  private readonly at: Scope[] = [];
  private readonly receives: boolean;

  constructor(tree: SyntaxTree, dialect: Dialect) {
    this.receives = dialect.receivers.size > 0;
    this.root = { node: 0, parent: undefined, module: undefined, kind: 'module', names: new Map() };
    let scope = this.root;
    const inside: [string, Binding][] = [];
    const elsewhere = new Map<Scope, Map<string, Scope>>();
    const add = (into: Scope, name: string, binding: Binding) => {
      const known = into.names.get(name);
      if (known === undefined) into.names.set(name, [binding]);
      else known.push(binding);
    };
    const declare: Declare = Object.assign(
      (raw: string, binding: Binding, where: Where = 'here') => {
        const name = dialect.identifier(raw);
        if (binding.target !== undefined) this.note(dialect, binding.target, binding.at);
        if (where === 'inside') inside.push([name, binding]);
        else if (where === 'outer' && !name.includes('.')) add(ownerOf(name, scope), name, binding);
        else add(elsewhere.get(scope)?.get(name) ?? homeOf(name, scope, dialect), name, binding);
      },
      {
        star: (module: string, at: Node) => {
          this.stars.push(dialect.moduleName(module));
          this.note(dialect, module, at);
        },
        elsewhere: (name: string, where: 'module' | 'around') => {
          const owner = where === 'module' ? this.root : ownerOf(name, scope.parent ?? scope);
          elsewhere.set(scope, (elsewhere.get(scope) ?? new Map()).set(name, owner));
        },
        module: (module: string, at: Node) => {
          this.modules.add(module);
          this.note(dialect, module, at);
        },
      },
    );
    const roles = tree.byKind(dialect, roleOf);
    for (let node = 0; node < tree.size; node += 1) {
      while (scope.parent !== undefined && node > tree.lastOf(scope.node)) scope = scope.parent;
      this.at.push(scope);
      const role = roles[tree.kind(node)];
      if (role === undefined) continue;
      if (role.names && tree.type(tree.parent(node)) === 'arguments') {
        const name = tree.text(node);
        if (!this.given.has(name)) this.given.set(name, node);
      }
      if (role.binds) dialect.bind(tree, node, declare);
      const { opens } = role;
      if (opens !== undefined) {
        scope = { node, parent: scope, module: this.root, kind: opens, names: new Map() };
        for (const [name, binding] of inside) add(scope, name, binding);
        const body = tree.child(node, 'body');
        if (opens === 'function' && body !== NONE && !dialect.blocks.has(tree.type(body))) {
          this.returns.set(node, [body]);
        }
      }
      inside.length = 0;
      if (role.returns) {
        const value = tree.first(node);
        const owner = functionOf(scope);
        if (value !== NONE && owner !== undefined) {
          const list = this.returns.get(owner.node);
          if (list === undefined) this.returns.set(owner.node, [value]);
          else if (list.length < 8) list.push(value);
        }
      }
    }
  }

  of(node: Node): Scope {
    return this.at[node] ?? this.root;
  }

  /** The bindings of a name where `node` stands, and the scope that holds them. */
  find(
    name: string,
    node: Node,
  ): { readonly bindings: readonly Binding[]; readonly scope: Scope } | undefined {
    let scope: Scope | undefined = this.of(node);
    const first = scope;
    const attribute = name.includes('.');
    for (let searched = 0; scope !== undefined; searched += 1) {
      const bindings = scope.names.get(name);
      // Where methods reach their class through `self` or `this`, they do not see its names; only its own.
      const inner = this.receives && scope.kind === 'class' && scope !== first && !attribute;
      const hidden = inner && bindings?.[0]?.at !== scope.node;
      if (bindings !== undefined && !hidden) return { bindings, scope };
      scope = searched === MAX_SCOPES_SEARCHED && scope !== this.root ? this.root : scope.parent;
    }
    return undefined;
  }

  private note(dialect: Dialect, target: string, at: Node): void {
    const module = dialect.moduleName(target);
    if (!this.imported.has(module)) this.imported.set(module, at);
  }
}

/** What a type of node has to do with names; undefined for nothing. */
function roleOf(type: string, { identifiers, binds, scopes, returns }: Dialect) {
  const role = {
    names: identifiers.has(type),
    binds: binds.has(type),
    opens: scopes[type],
    returns: returns.has(type),
  };
  return role.names || role.binds || role.returns || role.opens !== undefined ? role : undefined;
}

/** The scope that declares a name that is assigned; the one at hand if none does. */
function ownerOf(name: string, scope: Scope): Scope {
  let at: Scope | undefined = scope;
  for (let searched = 0; at !== undefined && searched < MAX_SCOPES_SEARCHED; searched += 1) {
    if (at.names.has(name)) return at;
    at = at.parent;
  }
  return scope;
}

/** Attributes of `self` and `this` belong to the class, whichever method sets them. */
function homeOf(name: string, scope: Scope, dialect: Dialect): Scope {
  const dot = name.indexOf('.');
  if (dot === -1 || !dialect.receivers.has(name.slice(0, dot))) return scope;
  let home = scope;
  while (home.kind !== 'class' && home.parent !== undefined) home = home.parent;
  return home;
}

export function functionOf(scope: Scope): Scope | undefined {
  let at: Scope | undefined = scope;
  while (at !== undefined && at.kind !== 'function') at = at.parent;
  return at;
}
