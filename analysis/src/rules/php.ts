import type { Rule } from '../rule.ts';
import { CHILD, CODE, FILES, HARM, NATIVE, NET, OBJECTS, SHELL } from './kinds.ts';
import { HARMFUL } from './process.ts';

const languages = ['php'] as const;
const SHELLS = ['{shell_exec,exec,system,passthru,popen,proc_open,pcntl_exec}'];
const DANGEROUS =
  /^\\?(?:system|exec|shell_exec|passthru|popen|proc_open|pcntl_exec|eval|assert|create_function|unserialize|phpinfo)$/i;

/** Rules for PHP. */
export const PHP: readonly Rule[] = [
  {
    id: 'php-harmful-command',
    languages,
    severity: 'critical',
    confidence: 'high',
    ...HARM,
    message: '{} is given a command that does harm',
    match: { call: SHELLS, when: [{ arg: 'any', is: [{ matches: HARMFUL }, { shape: HARMFUL }] }] },
    bad: '<?php system("rm -rf /");',
    good: '<?php echo "rm";',
  },
  {
    id: 'php-shell',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...SHELL,
    message: '{} gives a shell text that is computed',
    match: { call: [...SHELLS, '`'], when: [{ arg: 'any', is: 'dynamic' }] },
    bad: '<?php system("ping " . $_GET["host"]);',
    good: '<?php $db->exec($query);',
  },
  {
    id: 'php-shell-literal',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...CHILD,
    message: '{} starts a shell',
    match: { call: [...SHELLS, '`'] },
    bad: '<?php echo `ls`;',
    good: '<?php print_r(scandir("."));',
  },
  {
    id: 'php-eval',
    languages,
    severity: 'high',
    confidence: 'high',
    ...CODE,
    message: '{} runs text as code',
    match: [
      { call: ['eval', 'create_function'], when: [{ arg: 'any', is: 'dynamic' }] },
      {
        call: ['preg_replace'],
        when: [{ arg: 0, is: { matches: /^([/#~!]).{0,400}\1[imsxuAD]*e[a-zA-Z]*$/ } }],
      },
    ],
    bad: '<?php eval($_POST["code"]);',
    good: '<?php echo preg_replace("/a/i", "b", $text);',
  },
  {
    id: 'php-callback',
    languages,
    severity: 'high',
    confidence: 'high',
    ...CODE,
    message: '{} calls a dangerous function by its name',
    match: {
      call: [
        '{call_user_func,call_user_func_array,array_map,array_filter,array_walk,usort,register_shutdown_function}',
      ],
      when: [{ arg: 'any', is: { matches: DANGEROUS } }],
    },
    bad: '<?php call_user_func("system", "ls");',
    good: '<?php print_r(array_map("strtoupper", $words));',
  },
  {
    id: 'php-include',
    languages,
    severity: 'high',
    confidence: 'high',
    ...CODE,
    cwe: 98,
    message: 'the file that is included comes from outside',
    match: { call: ['include'], when: [{ arg: 0, is: 'external' }] },
    bad: '<?php include $_GET["page"] . ".php";',
    good: '<?php require __DIR__ . "/helpers.php";',
  },
  {
    id: 'php-objects',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...OBJECTS,
    message: '{} makes objects of data',
    match: { call: ['unserialize', 'yaml_parse'], when: [{ arg: 0, is: 'dynamic' }] },
    bad: '<?php unserialize($_COOKIE["user"]);',
    good: '<?php json_decode($_COOKIE["user"]);',
  },
  {
    id: 'php-network',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...NET,
    message: '{} opens the network',
    match: [
      {
        call: [
          '{fsockopen,pfsockopen,stream_socket_client,stream_socket_server,socket_create,curl_init,curl_exec,ftp_connect,mail}',
        ],
      },
      {
        call: ['{file_get_contents,fopen,copy,file,readfile}'],
        when: [{ arg: 0, is: { matches: /^(?:https?|ftp):/ } }],
      },
    ],
    bad: '<?php $s = fsockopen("10.0.0.1", 80);',
    good: '<?php echo file_get_contents("data.txt");',
  },
  {
    id: 'php-fork',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...CHILD,
    message: '{} makes a process',
    match: { call: ['pcntl_fork'] },
    bad: '<?php pcntl_fork();',
    good: '<?php fork();',
  },
  {
    id: 'php-files',
    languages,
    severity: 'low',
    confidence: 'medium',
    ...FILES,
    message: '{} removes files or changes who may use them',
    match: { call: ['{unlink,rmdir,chmod,chown,symlink,link}'] },
    bad: '<?php unlink("data.txt");',
    good: '<?php unset($data);',
  },
  {
    id: 'php-native',
    languages,
    severity: 'high',
    confidence: 'high',
    ...NATIVE,
    message: '{} loads code of another language',
    match: { call: ['ffi.{cdef,load}', 'dl'] },
    bad: '<?php $c = FFI::cdef("int system(char *);", "libc.so.6");',
    good: '<?php $c = Config::load("app");',
  },
];
