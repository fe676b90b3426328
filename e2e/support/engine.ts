import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Driver } from '@rce/core/job.ts';

const MAIN = fileURLToPath(new URL('../../localstack/src/embedded/main.ts', import.meta.url));
/** How long a start or an end may take before it is a failure, in milliseconds. */
export const PATIENCE_MS = 60_000;

export interface EngineOptions {
  readonly driver: Driver;
  /** Kept by the caller; without it the engine has a folder of its own that is deleted at its end. */
  readonly dataDir?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** A whole engine, started as `npm start` starts it. */
export class Engine {
  readonly dataDir: string;
  readonly #process: ChildProcess;
  readonly #ownsDataDir: boolean;
  readonly #ended: Promise<number | null>;
  #output = '';

  constructor({ driver, dataDir, env = {} }: EngineOptions) {
    this.#ownsDataDir = dataDir === undefined;
    this.dataDir = dataDir ?? mkdtempSync(join(tmpdir(), 'rce-e2e-'));
    this.#process = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        RCE_PORT: '0',
        RCE_DATA_DIR: this.dataDir,
        RCE_SANDBOX: driver,
        ...env,
      },
    });
    const keep = (chunk: Buffer) => {
      this.#output += chunk;
    };
    this.#process.stdout?.on('data', keep);
    this.#process.stderr?.on('data', keep);
    this.#ended = new Promise((resolve) => this.#process.once('close', (code) => resolve(code)));
  }

  /** Everything it has printed. */
  get output(): string {
    return this.#output;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Resolves with the exit code when it and all its children have ended. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Resolves with the URL when the line `ready URL` is there. @throws Error with what it printed instead. */
  async ready(): Promise<string> {
    const line = await this.printed(/^ready (\S+)$/m);
    return line[1] ?? '';
  }

  /** Waits for what it prints. @throws Error when it ends before. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    let ended = false;
    void this.#ended.then(() => {
      ended = true;
    });
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(20)) {
      const found = pattern.exec(this.#output);
      if (found) return found;
      if (ended) break;
    }
    throw new Error(`The engine did not print ${pattern}, but:\n${this.#output}`);
  }

  /** Process id of its cloud or its runner. */
  child(name: 'cloud' | 'runner'): number {
    const file = name === 'cloud' ? 'embedded/cloud.ts' : 'sandbox-runner/src/main.ts';
    const found = descendants(this.pid).find(({ command }) => command.includes(file));
    if (!found) throw new Error(`There is no ${name} below ${this.pid}`);
    return found.pid;
  }

  /** Ends it as Ctrl-C does. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.#process.kill(signal);
    const code = await this.#ended;
    if (this.#ownsDataDir) rmSync(this.dataDir, { recursive: true, force: true });
    return code;
  }
}

export interface RunningProcess {
  readonly pid: number;
  readonly command: string;
}

/** All processes below one. Reads /proc: these tests need Linux. */
export function descendants(pid: number): RunningProcess[] {
  const all = readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return [{ pid: Number(entry), parent, command }];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
  const below = (of: number): typeof all =>
    all.filter(({ parent }) => parent === of).flatMap((child) => [child, ...below(child.pid)]);
  return below(pid).map(({ pid: id, command }) => ({ pid: id, command }));
}

export function isAlive(pid: number): boolean {
  try {
    // A zombie has ended, though its parent has not asked for it yet.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

export const canReadProcesses = existsSync('/proc/self/stat');
