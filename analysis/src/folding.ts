import type { Program } from './program.ts';
import { format, ORIGIN, textValue, type Value } from './value.ts';

/**
 * Functions of constant text, computed here, so that `getattr(os, 'metsys'[::-1])` and
 * `require(Buffer.from('ZnM=', 'base64').toString())` are seen for what they are.
 */

type Fold = (receiver: Value, args: readonly Value[], program: Program) => Value | undefined;

const MAX = 16_384;

const ofReceiver =
  (change: (text: string, args: readonly Value[]) => string | undefined): Fold =>
  (receiver, args) => {
    if (receiver.text === undefined || receiver.kind === 'pattern') return undefined;
    const text = change(receiver.text, args);
    return text === undefined
      ? undefined
      : {
          ...textValue(text.slice(0, MAX)),
          ...(text === receiver.text ? {} : { assembled: true }),
          ...(receiver.decoded ? { decoded: true } : {}),
        };
  };

const ofArgument =
  (change: (text: string, args: readonly Value[]) => string | undefined): Fold =>
  (_receiver, args) => {
    const given = args[0]?.text;
    const text = given === undefined ? undefined : change(given, args);
    return text === undefined ? undefined : { ...textValue(text.slice(0, MAX)), decoded: true };
  };

const base64 = (text: string) => Buffer.from(text.slice(0, MAX), 'base64').toString('utf8');
const hex = (text: string) => Buffer.from(text.slice(0, MAX).replace(/\s/g, ''), 'hex').toString('utf8');

const fromCodes: Fold = (_receiver, args) => {
  if (args.length === 0 || args.some((arg) => arg.number === undefined)) return undefined;
  const codes = args.map((arg) => arg.number ?? 0).filter((code) => code >= 0 && code <= 0x10_ff_ff);
  return { ...textValue(String.fromCodePoint(...codes.map(Math.trunc))), decoded: true };
};

const joinTexts: Fold = (receiver, args, program) => {
  // Python: glue.join(list); JavaScript: list.join(glue).
  const python = receiver.text !== undefined;
  const list = python ? args[0] : receiver;
  const glue = python ? receiver.text : (args[0]?.text ?? ',');
  if (list?.kind !== 'collection' || list.node === undefined) return undefined;
  const expression = program.expression(list.node);
  if (expression.kind !== 'collection' || expression.entries.length > 2048) return undefined;
  const parts = expression.entries.map((entry) => program.value(entry.value));
  if (parts.some((part) => part.text === undefined)) return undefined;
  const decoded = parts.some((part) => part.decoded);
  return {
    ...textValue(
      parts
        .map((part) => part.text)
        .join(glue)
        .slice(0, MAX),
    ),
    ...(parts.length > 1 ? { assembled: true } : {}),
    ...(decoded ? { decoded } : {}),
  };
};

const replaceText: Fold = ofReceiver((text, args) => {
  const [from, to] = [args[0], args[1]?.text];
  if (from?.kind !== 'text' || from.text === undefined || from.text === '' || to === undefined)
    return undefined;
  return text.split(from.text).join(to).slice(0, MAX);
});

/** `'… [NAME] …'.replace('[NAME]', name)` puts text together as a sum does. */
const putIn: Fold = (receiver, args) => {
  const [mark, value] = [args[0]?.text, args[1]];
  if (receiver.text === undefined || mark === undefined || mark === '' || value === undefined)
    return undefined;
  if (receiver.kind !== 'text' || value.kind === 'function') return undefined;
  return format({ ...receiver, text: receiver.text.slice(0, MAX).split(mark).join('{}') }, value);
};

const joinPath: Fold = (_receiver, args) => {
  const texts = args.map((arg) => arg.text);
  return texts.every((text) => text !== undefined)
    ? { ...textValue(texts.join('/').slice(0, MAX)), ...(texts.length > 1 ? { assembled: true } : {}) }
    : undefined;
};

const METHODS: Readonly<Record<string, Fold>> = {
  join: joinTexts,
  lower: ofReceiver((text) => text.toLowerCase()),
  toLowerCase: ofReceiver((text) => text.toLowerCase()),
  upper: ofReceiver((text) => text.toUpperCase()),
  toUpperCase: ofReceiver((text) => text.toUpperCase()),
  strip: ofReceiver((text, args) => (args.length === 0 ? text.trim() : undefined)),
  trim: ofReceiver((text) => text.trim()),
  decode: ofReceiver((text, args) => (/rot|hex|base64/.test(args[0]?.text ?? '') ? undefined : text)),
  encode: ofReceiver((text) => text),
  toString: ofReceiver((text) => text),
  // Ruby's base64.
  unpack1: ofReceiver((text, args) => (args[0]?.text?.startsWith('m') ? base64(text) : undefined)),
  expanduser: (receiver) => (receiver.text === undefined ? undefined : receiver),
  concat: ofReceiver((text, args) =>
    args.every((arg) => arg.text !== undefined) ? text + args.map((arg) => arg.text).join('') : undefined,
  ),
  replace: (receiver, args, program) =>
    replaceText(receiver, args, program) ?? putIn(receiver, args, program),
  format: (receiver, args) =>
    receiver.kind === 'text' && (receiver.text !== undefined || receiver.shape !== undefined)
      ? format(receiver, ...args)
      : undefined,
};

/** sprintf('… %s', x) and its kin */
const formatted: Fold = (_receiver, [pattern, ...given], program) =>
  pattern?.kind === 'text' && program.dialect.rules !== 'c' ? format(pattern, ...given) : undefined;

const FUNCTIONS: Readonly<Record<string, Fold>> = {
  sprintf: formatted,
  'fmt.Sprintf': formatted,
  'String.format': formatted,
  'format!': formatted,
  reversed: (_receiver, [text]) =>
    text?.text === undefined ? undefined : { ...textValue([...text.text].reverse().join('')), decoded: true },
  chr: fromCodes,
  'String.fromCharCode': fromCodes,
  'String.fromCodePoint': fromCodes,
  atob: ofArgument(base64),
  'base64.b64decode': ofArgument(base64),
  'base64.standard_b64decode': ofArgument(base64),
  'base64.urlsafe_b64decode': ofArgument(base64),
  'base64.decodebytes': ofArgument(base64),
  'bytes.fromhex': ofArgument(hex),
  'bytearray.fromhex': ofArgument(hex),
  'binascii.unhexlify': ofArgument(hex),
  'Buffer.from': (_receiver, args) => {
    const [text, encoding] = [args[0]?.text, args[1]?.text];
    if (text === undefined) return undefined;
    if (encoding === 'base64') return { ...textValue(base64(text)), decoded: true };
    if (encoding === 'hex') return { ...textValue(hex(text)), decoded: true };
    return encoding === undefined || /^utf-?8$/.test(encoding) ? textValue(text) : undefined;
  },
  compile: (_receiver, [code]) => (code?.text === undefined ? undefined : { ...code, name: 'compile()' }),
  str: (_receiver, args) => (args.length === 1 && args[0]?.kind === 'text' ? args[0] : undefined),
  String: (_receiver, args) => (args.length === 1 && args[0]?.kind === 'text' ? args[0] : undefined),
  bytes: (_receiver, args) => (args[0]?.kind === 'text' ? args[0] : undefined),
  'codecs.decode': (_receiver, args) => {
    const [text, codec] = [args[0]?.text, args[1]?.text];
    if (text === undefined || codec === undefined || !/^rot/.test(codec)) return undefined;
    return { ...textValue(rot13(text)), decoded: true };
  },
  base64_decode: ofArgument(base64),
  hex2bin: ofArgument(hex),
  str_rot13: ofArgument(rot13),
  strrev: ofArgument((text) => [...text].reverse().join('')),
  'Path.of': joinPath,
  'Paths.get': joinPath,
  'java.nio.file.Path.of': joinPath,
  'java.nio.file.Paths.get': joinPath,
  'path/filepath.Join': joinPath,
  'File.join': joinPath,
  'File.expand_path': (_receiver, args) => (args.length === 1 ? args[0] : undefined),
  'os.path.join': joinPath,
  'path.join': joinPath,
  'pathlib.Path': (receiver, args, program) => {
    const path = joinPath(receiver, args, program);
    return path === undefined ? undefined : { ...path, name: 'pathlib.Path()' };
  },
  // The user's home, wherever it is.
  'pathlib.Path.home': () => ({ ...textValue('~'), name: 'pathlib.Path()' }),
  'os.homedir': () => textValue('~'),
  'os.path.expanduser': (_receiver, [path]) => path,
};

/** The value of a call of a known function with constant arguments; undefined when it is not one. */
export function fold(
  name: string,
  receiver: Value | undefined,
  args: readonly Value[],
  program: Program,
): Value | undefined {
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (known !== undefined)
    return known({ name: '', kind: 'unknown', origin: ORIGIN.computed }, args, program);
  if (receiver === undefined) return undefined;
  const method = name.slice(name.lastIndexOf('.') + 1);
  return Object.hasOwn(METHODS, method) ? METHODS[method]?.(receiver, args, program) : undefined;
}

function rot13(text: string): string {
  return text.replace(/[a-zA-Z]/g, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
}
