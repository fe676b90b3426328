import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { PATIENCE_MS } from './engine.ts';

const Answer = z.object({
  data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()) })) }),
});

/** A port that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A real Prometheus with a configuration and rules of its own. */
export class Prometheus {
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #url: string;
  #output = '';

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#url = `http://127.0.0.1:${port}`;
    const args = [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    this.#process = spawn('prometheus', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process.stderr?.on('data', (chunk) => {
      this.#output += chunk;
    });
  }

  /**
   * @param targets address of each job.
   * @param rules text of each file of rules.
   */
  static async start(
    targets: Readonly<Record<string, string>>,
    rules: Readonly<Record<string, string>>,
  ): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'rce-prometheus-'));
    for (const [name, text] of Object.entries(rules)) writeFileSync(join(folder, name), text);
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: Object.keys(rules),
      scrape_configs: Object.entries(targets).map(([job, target]) => ({
        job_name: job,
        static_configs: [{ targets: [target] }],
      })),
    };
    // YAML reads JSON.
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
    const prometheus = new Prometheus(folder, await freePort());
    await prometheus.until('up', (series) => series.length === Object.keys(targets).length);
    return prometheus;
  }

  /** Labels of the series that an expression gives now. @throws Error when it cannot be evaluated. */
  async query(expression: string): Promise<Record<string, string>[]> {
    const response = await fetch(`${this.#url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    if (!response.ok) throw new Error(`${expression}: ${await response.text()}`);
    return Answer.parse(await response.json()).data.result.map(({ metric }) => metric);
  }

  /** Waits until an expression gives what is wanted. @throws Error with what it gave at last. */
  async until(
    expression: string,
    wanted: (series: Record<string, string>[]) => boolean,
    patienceMs = PATIENCE_MS,
  ): Promise<void> {
    let last: unknown;
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(250)) {
      try {
        const series = await this.query(expression);
        if (wanted(series)) return;
        last = JSON.stringify(series);
      } catch (error) {
        last = error;
      }
    }
    throw new Error(`${expression} did not become as wanted: ${last}\n${this.#output.slice(-2_000)}`);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.kill();
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
