import type { Driver } from '@rce/core/job.ts';

export interface BannerInput {
  readonly url: string;
  readonly driver: Driver;
  /** Why this driver. */
  readonly why: string;
  readonly languages: readonly string[];
  readonly dataDir: string;
}

const SANDBOXES: Readonly<Record<Driver, string>> = {
  docker: 'docker: each program in a container of its own',
  wasm: 'wasm: programs run in WebAssembly, without Docker',
};

/** What `npm start` prints when all of it serves. */
export function banner({ url, driver, why, languages, dataDir }: BannerInput): string {
  const body = JSON.stringify({ language: 'python', code: 'print(sum(range(1, 101)))' });
  return `
  RCE Engine

  page       ${url}/
  API        ${url}/api/openapi.json
  sandbox    ${SANDBOXES[driver]}
             ${why}
  languages  ${languages.join(', ')}
  data       ${dataDir}

  Try it:

    curl -s '${url}/api/submit?wait=10' -H 'content-type: application/json' \\
      -d '${body}'

    npx rce run languages/python/example.py${url === 'http://127.0.0.1:3000' ? '' : ` --url ${url}`}

  Ctrl-C stops it.

ready ${url}`;
}
