import type { RuleLanguage } from './rule.ts';
import { ORIGIN, type Value } from './value.ts';

/** What the analysis knows of library functions, apart from what the rules say of them. */

interface Source {
  readonly origin: Value['origin'];
  readonly carries?: 'environment' | 'file';
}

const EXTERNAL: Source = { origin: ORIGIN.external };
const REMOTE: Source = { origin: ORIGIN.remote };
const ENVIRONMENT: Source = { origin: ORIGIN.external, carries: 'environment' };

const sources = (source: Source, names: readonly string[]) => names.map((name) => [name, source] as const);

/** Handlers of requests: `express().get('/', (req, res) => …)`. */
const APPS = [
  'express',
  'express.Router',
  'fastify',
  'koa',
  'koa-router',
  '@koa/router',
  'hono.Hono',
  'restify.createServer',
];
const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'all', 'use', 'route'];
const HANDLERS = APPS.flatMap((app) => METHODS.map((method) => `${app}().${method}()`));

/** Names that bring in data from outside the program. */
export const SOURCES: Readonly<Partial<Record<RuleLanguage, ReadonlyMap<string, Source>>>> = {
  python: new Map([
    ...sources(EXTERNAL, [
      'input()',
      'raw_input()',
      'sys.argv',
      'sys.stdin',
      'sys.stdin.buffer',
      'fileinput.input()',
      'os.getenv()',
      'os.getenvb()',
      'argparse.ArgumentParser().parse_args()',
    ]),
    ...sources(REMOTE, [
      'flask.request',
      'bottle.request',
      ...['args', 'form', 'GET', 'POST', 'body', 'FILES', 'COOKIES', 'query_params'].flatMap((part) => [
        `request.${part}`,
        `?request.${part}`,
        `?self.request.${part}`,
      ]),
      '?self.get_argument()',
      'socket.socket().recv()',
      'socket.socket().recvfrom()',
      'socket.socket().makefile()',
      'socket.socket().accept()',
      'socket.create_connection()',
      'asyncio.open_connection()',
      'urllib.request.urlopen()',
      'urllib.urlopen()',
      'http.client.HTTPConnection().getresponse()',
      'http.client.HTTPSConnection().getresponse()',
      'aiohttp.ClientSession()',
      ...['requests', 'httpx', 'requests.Session()', 'requests.session()', 'httpx.Client()'].flatMap(
        (module) => ['get', 'post', 'put', 'request'].map((method) => `${module}.${method}()`),
      ),
    ]),
    ...sources(ENVIRONMENT, ['os.environ', 'os.environb']),
  ]),
  javascript: new Map([
    ...sources(EXTERNAL, [
      'process.argv',
      'process.stdin',
      'location',
      'document.location',
      'document.URL',
      'document.referrer',
      'localStorage',
      'sessionStorage',
      'prompt()',
      'readline-sync.question()',
      'readline.createInterface()',
      'readline/promises.createInterface()',
    ]),
    ...sources(REMOTE, [
      ...['query', 'body', 'params', 'headers', 'url', 'cookies', 'rawBody'].flatMap((part) =>
        ['req', 'request', 'ctx', 'ctx.request'].flatMap((name) => [`${name}.${part}`, `?${name}.${part}`]),
      ),
      'fetch()',
      'axios()',
      'axios.get()',
      'axios.post()',
      'axios.request()',
      'got()',
      'got.get()',
      'node-fetch()',
      'http.get()',
      'https.get()',
      'http.request()',
      'https.request()',
      'http.createServer()',
      'https.createServer()',
      'net.createServer()',
      'net.connect()',
      'net.createConnection()',
      'net.Socket()',
      'tls.connect()',
      'WebSocket()',
      'ws()',
      'ws.WebSocket()',
      'ws.Server()',
      'ws.WebSocketServer()',
      ...HANDLERS,
    ]),
    ...sources(ENVIRONMENT, ['process.env']),
    ...sources({ origin: ORIGIN.external, carries: 'file' }, ['document.cookie']),
  ]),
  php: new Map([
    ...sources(REMOTE, ['$_GET', '$_POST', '$_REQUEST', '$_COOKIE', '$_FILES']),
    ...sources(ENVIRONMENT, ['$_ENV']),
  ]),
  ruby: new Map([
    ...sources(REMOTE, ['params', 'cookies', 'request.params', 'request.body']),
    ...sources(EXTERNAL, ['gets()', 'ARGV', 'STDIN.read()', '$stdin.read()']),
    ...sources(ENVIRONMENT, ['ENV']),
  ]),
  go: new Map([
    ...sources(
      REMOTE,
      ['r', 'req', 'request'].flatMap((name) =>
        ['FormValue()', 'PostFormValue()', 'URL.Query()', 'Body', 'Form', 'Header'].map(
          (part) => `?${name}.${part}`,
        ),
      ),
    ),
    ...sources(EXTERNAL, ['os.Args']),
    ...sources(ENVIRONMENT, ['os.Environ()']),
  ]),
  rust: new Map([...sources(EXTERNAL, ['std.env.args()']), ...sources(ENVIRONMENT, ['std.env.vars()'])]),
  java: new Map([
    ...sources(
      REMOTE,
      ['req', 'request'].flatMap((name) =>
        ['getParameter()', 'getHeader()', 'getQueryString()', 'getInputStream()'].map(
          (part) => `?${name}.${part}`,
        ),
      ),
    ),
    ...sources(ENVIRONMENT, ['System.getenv()']),
  ]),
};

/** Files and descriptors that stand for the standard input. */
export const KNOWN_INPUT: ReadonlySet<string | number> = new Set([0, '0', '/dev/stdin', '/dev/fd/0']);

/** Their results no longer hold what an attacker needs: quoting, escaping, hashing. */
export const CLEANERS: ReadonlySet<string> = new Set([
  'shlex.quote',
  'pipes.quote',
  'html.escape',
  'markupsafe.escape',
  'xml.sax.saxutils.escape',
  'urllib.parse.quote',
  'urllib.parse.quote_plus',
  're.escape',
  'encodeURIComponent',
  'encodeURI',
  'CSS.escape',
  'DOMPurify.sanitize',
  'dompurify.sanitize',
  'escape_filter_chars',
  'escape_string',
  'escapeHtml',
  'escapeHTML',
  'escapeRegExp',
  'escapeStringRegexp',
  'secure_filename',
  'os.path.basename',
  'path.basename',
  'hexdigest',
  'htmlspecialchars',
  'htmlentities',
  'intval',
  'urlencode',
  'rawurlencode',
  'escapeshellarg',
  'mysqli_real_escape_string',
  'Shellwords.escape',
  'shellescape',
  'CGI.escapeHTML',
  'html.EscapeString',
]);

/** Their results are numbers or truths, whatever goes in. */
export const NUMERIC: ReadonlySet<string> = new Set([
  'int',
  'float',
  'len',
  'bool',
  'ord',
  'abs',
  'round',
  'hash',
  'id',
  'isinstance',
  'Number',
  'parseInt',
  'parseFloat',
  'Boolean',
  'Math.floor',
  'Math.random',
  'Date.now',
  'time.time',
  'BigInt',
]);

/** They turn data that reads as nothing into something else: what hides code from a reader. */
export const DECODERS: ReadonlySet<string> = new Set([
  'base64.b64decode',
  'base64.standard_b64decode',
  'base64.urlsafe_b64decode',
  'base64.b32decode',
  'base64.b16decode',
  'base64.a85decode',
  'base64.b85decode',
  'base64.decodebytes',
  'base64.decodestring',
  'binascii.unhexlify',
  'binascii.a2b_hex',
  'binascii.a2b_base64',
  'bytes.fromhex',
  'bytearray.fromhex',
  'zlib.decompress',
  'gzip.decompress',
  'bz2.decompress',
  'lzma.decompress',
  'marshal.loads',
  'chr',
  'atob',
  'unescape',
  'String.fromCharCode',
  'String.fromCodePoint',
  'zlib.inflateSync',
  'zlib.gunzipSync',
  'zlib.unzipSync',
  'zlib.brotliDecompressSync',
  'base64_decode',
  'hex2bin',
  'str_rot13',
  'gzinflate',
  'gzuncompress',
  'convert_uudecode',
]);

/** Files that no ordinary program reads. */
export const SENSITIVE_PATH =
  /(?:^|[/\\])(?:etc\/(?:passwd|shadow|sudoers|hosts)|\.ssh(?:$|\/)|id_rsa|id_ed25519|\.aws\/|\.docker\/config|\.kube\/|\.netrc|\.git-credentials|\.npmrc|\.pypirc|\.bash_history|proc\/(?:self|\d+)\/|var\/run\/docker\.sock|run\/secrets)/;

/** Under these, a namespace of Python keeps all that the interpreter can do. */
export const BUILTINS = /^__(?:builtins|import)__$/;
