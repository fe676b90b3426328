import type { Rule } from '../rule.ts';
import { CHILD, CODE, FILES, HARM, NATIVE, NET, OBJECTS, SHELL } from './kinds.ts';
import { HARMFUL } from './process.ts';

const languages = ['java'] as const;
const COMMANDS = ['Runtime.getRuntime().exec', 'ProcessBuilder', 'ProcessBuilder().command', 'Runtime.exec'];
const program = (body: string, imports = '') =>
  `${imports}class Main { public static void main(String[] args) throws Exception { ${body} } }`;

/** Rules for Java. */
export const JAVA: readonly Rule[] = [
  {
    id: 'java-harmful-command',
    languages,
    severity: 'critical',
    confidence: 'high',
    ...HARM,
    message: '{} is given a command that does harm',
    match: { call: COMMANDS, when: [{ arg: 'any', is: [{ matches: HARMFUL }, { shape: HARMFUL }] }] },
    bad: program('Runtime.getRuntime().exec("rm -rf /");'),
    good: program('System.out.println("rm");'),
  },
  {
    id: 'java-shell',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...SHELL,
    message: '{} is given a command that is computed',
    match: { call: COMMANDS, when: [{ arg: 'any', is: 'dynamic' }] },
    bad: program('Runtime r = Runtime.getRuntime(); r.exec("ping " + args[0]);'),
    good: program('new ProcessBuilder("ls", "-l").start();'),
  },
  {
    id: 'java-command',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...CHILD,
    message: '{} starts another program',
    match: { call: COMMANDS },
    bad: program('new ProcessBuilder("ls").start();'),
    good: program('executor.exec("ls");'),
  },
  {
    id: 'java-network',
    languages,
    severity: 'medium',
    confidence: 'high',
    ...NET,
    message: '{} opens the network',
    match: {
      call: [
        'java.net.{Socket,ServerSocket,DatagramSocket,MulticastSocket}',
        'java.net.URL().{openConnection,openStream}',
        'java.net.URI.create().toURL().{openConnection,openStream}',
        'java.net.InetAddress.getByName',
        'java.net.http.HttpClient.{newHttpClient,newBuilder}',
        'javax.net.ssl.SSLSocketFactory.getDefault',
        'java.nio.channels.{SocketChannel,ServerSocketChannel,DatagramChannel}.open',
      ],
    },
    bad: program('new Socket("10.0.0.1", 80);', 'import java.net.*;\n'),
    good: program('new Socket("wall");', 'class Socket { Socket(String place) {} }\n'),
  },
  {
    id: 'java-objects',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...OBJECTS,
    message: '{} makes objects of data',
    match: {
      call: ['java.io.ObjectInputStream', 'java.beans.XMLDecoder', 'com.thoughtworks.xstream.XStream'],
    },
    bad: program('new ObjectInputStream(System.in).readObject();', 'import java.io.*;\n'),
    good: program('new BufferedReader(new InputStreamReader(System.in)).readLine();', 'import java.io.*;\n'),
  },
  {
    id: 'java-code',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...CODE,
    message: '{} runs or compiles text as code',
    match: {
      call: [
        'javax.script.ScriptEngineManager',
        'javax.tools.ToolProvider.getSystemJavaCompiler',
        'java.net.URLClassLoader',
        '*.defineClass',
        'defineClass',
        'jdk.jshell.JShell.create',
      ],
    },
    bad: program(
      'new ScriptEngineManager().getEngineByName("js").eval(args[0]);',
      'import javax.script.ScriptEngineManager;\n',
    ),
    good: program('engine.eval("1 + 1");'),
  },
  {
    id: 'java-reflection',
    languages,
    severity: 'medium',
    confidence: 'medium',
    ...CODE,
    cwe: 470,
    message: '{} reaches classes or members by name, or those that are private',
    match: [
      { call: ['Class.forName', '*.loadClass'], when: [{ arg: 0, is: 'dynamic' }] },
      { call: ['*.setAccessible'], when: [{ arg: 0, is: 'true' }] },
      {
        call: ['Class.forName'],
        when: [{ arg: 0, is: { matches: /Runtime|ProcessBuilder|ProcessImpl|Unsafe/ } }],
      },
    ],
    bad: program('Class.forName(args[0]).getDeclaredConstructor().newInstance();'),
    good: program('Class.forName("org.sqlite.JDBC");'),
  },
  {
    id: 'java-lookup',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...OBJECTS,
    message: '{} fetches an object from where its name says',
    remedy: 'Look up constant names only.',
    match: { call: ['javax.naming.InitialContext().lookup'], when: [{ arg: 0, is: 'dynamic' }] },
    bad: program('new InitialContext().lookup(args[0]);', 'import javax.naming.*;\n'),
    good: program('new InitialContext().lookup("java:comp/env");', 'import javax.naming.*;\n'),
  },
  {
    id: 'java-xml',
    languages,
    severity: 'low',
    confidence: 'low',
    ...CODE,
    category: 'injection',
    cwe: 611,
    message: '{} reads XML that may take in files and addresses',
    why: 'An entity of the document can name any file or address, whose content is put in.',
    remedy: 'Set the feature disallow-doctype-decl.',
    match: {
      call: [
        'javax.xml.parsers.{DocumentBuilderFactory,SAXParserFactory}.newInstance',
        'javax.xml.stream.XMLInputFactory.{newInstance,newFactory}',
      ],
    },
    bad: program('DocumentBuilderFactory.newInstance();', 'import javax.xml.parsers.*;\n'),
    good: program('parsers.newInstance();'),
  },
  {
    id: 'java-native',
    languages,
    severity: 'high',
    confidence: 'medium',
    ...NATIVE,
    message: '{} reaches memory or code outside of the virtual machine',
    match: [
      { import: ['sun.misc.Unsafe', 'jdk.internal.misc.Unsafe'] },
      { call: ['System.{load,loadLibrary}', 'java.lang.foreign.Linker.nativeLinker'] },
    ],
    bad: program('System.load("/tmp/x.so");'),
    good: program('System.gc();'),
  },
  {
    id: 'java-files',
    languages,
    severity: 'low',
    confidence: 'medium',
    ...FILES,
    message: '{} removes files or changes who may use them',
    match: {
      call: [
        'java.nio.file.Files.{delete,deleteIfExists,setPosixFilePermissions,createSymbolicLink,walkFileTree}',
        'java.io.File().{delete,deleteOnExit,setExecutable}',
      ],
    },
    bad: program('Files.delete(Path.of("data"));', 'import java.nio.file.*;\n'),
    good: program('Files.readString(Path.of("data"));', 'import java.nio.file.*;\n'),
  },
];
