import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { JobView } from '@rce/core/job.ts';
import { LanguageView } from '@rce/core/language.ts';
import { AnalysisReport } from '@rce/core/report.ts';
import { AnalyzeRequest, Submission } from '@rce/core/submission.ts';
import { z } from 'zod';
import packageJson from '../package.json' with { type: 'json' };
import type { Api } from './api.ts';
import { EXIT } from './exit-codes.ts';
import { parseOptions } from './options.ts';

/** What an agent needs of a job. It knows what it sent, and asks for the analysis by itself. */
const Outcome = JobView.omit({ source: true, analysisReport: true, limits: true, attempts: true });
const Languages = z.object({ languages: z.array(LanguageView.omit({ example: true })) });

/**
 * `rce mcp`: offers the engine to an agent, by the Model Context Protocol on stdin and stdout. Input and output of the
 * tools are the API's own schemas.
 */
export async function mcp(api: Api, args: readonly string[]): Promise<number> {
  parseOptions(args, {});
  await new Promise<void>((resolve) => {
    process.stdin.once('close', resolve);
    serveStdio(() => server(api), { onerror: (error) => console.error(`rce: ${error.message}`) });
  });
  return EXIT.ok;
}

function server(api: Api): McpServer {
  const mcpServer = new McpServer({ name: packageJson.name, version: packageJson.version });
  mcpServer.registerTool(
    'run_code',
    {
      title: 'Run a program',
      description:
        'Runs an untrusted program in a single-use sandbox without network, under hard limits, and returns its ' +
        'output, verdict, times and memory. With tests it is compiled once and run once per test.',
      inputSchema: inline(Submission),
      outputSchema: Outcome,
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async (submission, { mcpReq: { signal } }) => {
      const job = await api.submit(submission);
      const cancel = () => void api.cancel(job.jobId).catch(() => undefined);
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel, { once: true });
      return answer(Outcome.parse(await api.untilEnd(job)));
    },
  );
  mcpServer.registerTool(
    'analyze_code',
    {
      title: 'Analyse a program',
      description: 'Reads a program without running it, and says what is dangerous in it, where, and why.',
      inputSchema: inline(AnalyzeRequest),
      outputSchema: inline(AnalysisReport),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async ({ language, code }) => answer(await api.analyze(language, code)),
  );
  mcpServer.registerTool(
    'list_languages',
    {
      title: 'List the languages',
      description: 'The languages that can be run here, with their versions.',
      outputSchema: Languages,
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async () => answer(Languages.parse({ languages: await api.languages() })),
  );
  return mcpServer;
}

/** The same schema without its id: with one it would be a reference, which not all clients follow at the top. */
function inline<Schema extends z.ZodObject>(schema: Schema): Schema {
  return schema.clone(schema.def);
}

/** Errors that a tool throws reach the agent as its result, in the words that a user of the CLI would read. */
function answer<Output extends object>(output: Output) {
  return {
    content: [{ type: 'text' as const, text: JSON.stringify(output) }],
    structuredContent: { ...output },
  };
}
