/** What the analysis knows of library functions, apart from what the rules say of them. */

interface Source {
  readonly carries?: 'environment';
}

const OUTSIDE: Source = {};
const ENVIRONMENT: Source = { carries: 'environment' };

/** Names that bring in data from outside the program. */
export const SOURCES: Readonly<Record<'python' | 'javascript', ReadonlyMap<string, Source>>> = {
  python: new Map([
    ...[
      'input()',
      'raw_input()',
      'sys.argv',
      'sys.stdin',
      'sys.stdin.buffer',
      'fileinput.input()',
      'os.getenv()',
      'os.getenvb()',
      'flask.request',
      'bottle.request',
      'request.args',
      'request.form',
      'request.GET',
      'request.POST',
      'socket.socket().recv()',
      'urllib.request.urlopen()',
      'requests.get()',
      'requests.post()',
      'httpx.get()',
    ].map((name) => [name, OUTSIDE] as const),
    ...['os.environ', 'os.environb'].map((name) => [name, ENVIRONMENT] as const),
  ]),
  javascript: new Map([
    ...[
      'process.argv',
      'process.stdin',
      'location',
      'document.location',
      'document.URL',
      'document.cookie',
      'document.referrer',
      'localStorage',
      'sessionStorage',
      'prompt()',
      'fetch()',
      'axios.get()',
      'axios.post()',
      '?req.query',
      '?req.body',
      '?req.params',
      '?req.headers',
      '?req.url',
      '?req.cookies',
      '?request.query',
      '?request.body',
      '?request.params',
      '?request.headers',
      '?ctx.query',
      '?ctx.params',
      'req.query',
      'req.body',
      'req.params',
      'readline-sync.question()',
    ].map((name) => [name, OUTSIDE] as const),
    ['process.env', ENVIRONMENT] as const,
  ]),
};

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
]);

/** Files that no ordinary program reads. */
export const SENSITIVE_PATH =
  /(?:^|[/\\])(?:etc\/(?:passwd|shadow|sudoers|hosts)|\.ssh(?:$|\/)|id_rsa|id_ed25519|\.aws\/|\.docker\/config|\.kube\/|\.netrc|\.git-credentials|\.npmrc|\.pypirc|\.bash_history|proc\/(?:self|\d+)\/|var\/run\/docker\.sock|run\/secrets)/;

/** Calling what came from outside gives something from outside. */
export const PASS_THROUGH = true;
