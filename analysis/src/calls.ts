import { fold } from './folding.ts';
import { CLEANERS, DECODERS, KNOWN_INPUT, NUMERIC, SENSITIVE_PATH } from './known-functions.ts';
import type { Program } from './program.ts';
import type { Argument, Call } from './syntax/expression.ts';
import { unescapeText } from './syntax/text.ts';
import { NONE } from './syntax/tree.ts';
import { clip, derive, join, ORIGIN, textValue, UNKNOWN, type Value } from './value.ts';

/** What gives one part of it. */
const PICKS = /\.(?:get|pop|setdefault)$/;
/** Which program it finds is said by the name, wherever it looks. */
const FINDS_PROGRAM = 'shutil.which';
/** Commands of Bash whose output was no text of the script. */
const BRINGS = /^(?:curl|wget|fetch|base(?:32|64)|xxd|openssl)\(\)$/;
/** More arguments than these are not looked at. */
const MAX_FOLDED = 512;
const MAX_DERIVED = 16;

/** The value of a call: what a function of the program returns, or what is known of a library's. */
export function callValue(program: Program, { callee, args, name }: Call): Value {
  const called = name === undefined ? program.function(callee) : { ...UNKNOWN, name };
  const expression = program.expression(callee);
  const receiver =
    expression.kind === 'member' || expression.kind === 'index'
      ? program.value(expression.object)
      : undefined;
  const folded = fold(
    called.name,
    receiver,
    args.slice(0, MAX_FOLDED).map((arg) => program.value(arg.node)),
    program,
  );
  if (folded !== undefined) return folded;
  if (program.dialect.rules === 'bash') {
    const made = bashResult(program, called.name, args);
    if (made !== undefined) return made;
  }
  const looked =
    program.dialect.rules === 'python'
      ? pythonLookup(program, called, args)
      : program.dialect.rules === 'javascript'
        ? javascriptLookup(program, called, args)
        : undefined;
  if (looked !== undefined) return looked;
  if (expression.kind === 'member' && receiver !== undefined) {
    if (expression.name === 'bind' && program.dialect.rules === 'javascript') return receiver;
    // A table of functions: {'run': exec}.get(name).
    if (expression.name === 'get' && receiver.kind === 'collection') {
      const key = program.value(args[0]?.node ?? NONE);
      return key.text === undefined ? program.anyOf(receiver) : program.member(receiver, key.text, true);
    }
  }
  if (called.name === 'operator.attrgetter()' || called.name === 'operator.methodcaller()') {
    const made = program.expression(callee);
    const attribute = made.kind === 'call' ? program.value(made.args[0]?.node ?? NONE).text : undefined;
    if (attribute !== undefined) return program.member(program.value(args[0]?.node ?? NONE), attribute);
  }
  if (called.kind === 'function' && called.node !== undefined) {
    const returns = program.scopes.returns.get(called.node) ?? [];
    if (returns.length > 0) return join(returns.map((node) => program.value(node)));
    return { ...UNKNOWN, name: called.name === '' ? '' : clip(`${called.name}()`) };
  }
  return result(program, called, receiver, args);
}

/** What `echo` and `printf` write, where it is known; of a pipeline, the part that fetches or decodes. */
function bashResult(program: Program, name: string, args: readonly Argument[]): Value | undefined {
  if (name !== 'echo' && name !== 'printf' && name !== '|') return undefined;
  const words = args.slice(0, MAX_DERIVED).map((arg) => program.value(arg.node));
  if (name === '|') return words.find((word) => BRINGS.test(word.name)) ?? words.at(-1);
  if (words.length === 0 || words.some((word) => word.text === undefined)) return undefined;
  const said = words.map((word) => word.text ?? '').filter((word, at) => at > 0 || !/^-[neE]+$/.test(word));
  const text = said.join(' ').slice(0, 4096);
  const plain = unescapeText(text);
  return { ...textValue(plain), ...(plain === text ? {} : { decoded: true }) };
}

/** Calls by which Python reaches modules and attributes. */
function pythonLookup(program: Program, called: Value, args: readonly Argument[]): Value | undefined {
  const first = args[0]?.node ?? NONE;
  switch (called.name) {
    case 'getattr': {
      const attribute = program.value(args[1]?.node ?? NONE);
      const object = program.value(first);
      if (attribute.text !== undefined) return program.member(object, attribute.text);
      return { ...derive([object, attribute]), name: object.name === '' ? '' : clip(`${object.name}[]`) };
    }
    case '__import__':
    case 'importlib.import_module':
    case 'importlib.__import__': {
      const module = program.value(first).text;
      return module === undefined ? undefined : program.module(module);
    }
    case 'vars':
    case 'functools.partial':
      return first === NONE ? undefined : program.value(first);
    case 'functools.reduce': {
      // reduce(getattr, ['path', 'join'], os)
      const names = program.value(args[1]?.node ?? NONE);
      if (program.value(first).name !== 'getattr' || args[2] === undefined) return undefined;
      const path = program.entries(names).map((entry) => program.value(entry.value).text);
      return path.reduce<Value | undefined>(
        (object, name) =>
          object === undefined || name === undefined ? undefined : program.member(object, name),
        program.value(args[2].node),
      );
    }
    default:
      return undefined;
  }
}

/** Calls by which JavaScript reaches modules and properties. */
function javascriptLookup(program: Program, called: Value, args: readonly Argument[]): Value | undefined {
  const first = args[0]?.node ?? NONE;
  switch (called.name) {
    case 'require':
    case 'import':
    case 'module.require':
    case 'require.main.require':
    case 'process.mainModule.require':
    case 'module.createRequire()':
    case 'process.getBuiltinModule':
    case 'jest.requireActual': {
      const module = program.value(first).text;
      return module === undefined ? undefined : program.module(module);
    }
    case 'Reflect.get': {
      const property = program.value(args[1]?.node ?? NONE).text;
      return property === undefined ? undefined : program.member(program.value(first), property);
    }
    // What a function inherits from has its constructor.
    case 'Object.getPrototypeOf':
    case 'Reflect.getPrototypeOf':
    case 'util.promisify':
    case 'util.callbackify':
      return program.value(first);
    default:
      return undefined;
  }
}

/** The value of a call whose function is not part of the program. */
function result(
  program: Program,
  called: Value,
  receiver: Value | undefined,
  args: readonly Argument[],
): Value {
  const name = clip(`${called.name}()`);
  const short = called.name.slice(called.name.lastIndexOf('.') + 1);
  if (CLEANERS.has(called.name) || CLEANERS.has(short)) {
    // What is quoted does no harm here any more, but may still be loot.
    const { carries } = derive(args.slice(0, MAX_DERIVED).map((arg) => program.value(arg.node)));
    return { ...UNKNOWN, name, origin: ORIGIN.constant, ...(carries === undefined ? {} : { carries }) };
  }
  if (NUMERIC.has(called.name)) return { name, kind: 'number', origin: ORIGIN.computed };
  const counted = called.name === FINDS_PROGRAM ? 1 : MAX_DERIVED;
  const given = args.slice(0, counted).map((arg) => program.value(arg.node));
  const from = receiver === undefined ? given : [receiver, ...given];
  const { carries: _carried, ...single } = derive(from);
  const derived = PICKS.test(called.name) ? single : derive(from);
  const decoder =
    DECODERS.has(called.name) ||
    (called.name === 'Buffer.from' && /^(?:base64|hex)/.test(given[1]?.text ?? '')) ||
    (called.name === 'codecs.decode' && given.length > 1) ||
    given.some((value) => decodes(program, value));
  const opened = given[0];
  const opens = short === 'open' || short.startsWith('readFile') || short === 'Path';
  const sensitive = opens && opened?.text !== undefined && SENSITIVE_PATH.test(opened.text.slice(0, 256));
  const input = opens && KNOWN_INPUT.has(opened?.text ?? opened?.number ?? '');
  return {
    ...program.named(name, derived.origin, derived),
    ...(called.origin >= ORIGIN.external ? { origin: called.origin } : {}),
    ...(derived.decoded || decoder ? { decoded: true } : {}),
    ...(input ? { origin: ORIGIN.external } : {}),
    ...(sensitive ? { carries: 'file' as const, origin: ORIGIN.external } : {}),
  };
}

/** map(chr, codes), codes.map((code) => String.fromCharCode(code)) */
function decodes(program: Program, value: Value): boolean {
  if (DECODERS.has(value.name)) return true;
  if (value.kind !== 'function' || value.node === undefined) return false;
  return program.scopes.returns.get(value.node)?.some((node) => program.value(node).decoded) === true;
}
