import { EXIT, VERDICT_EXIT } from './exit-codes.ts';

const verdictCodes = Object.entries(VERDICT_EXIT)
  .map(
    ([verdict, code]) =>
      `    ${verdict.padEnd(22)} ${code === 'program' ? "the program's own, or 128 + signal" : code}`,
  )
  .join('\n');

export const HELP = `rce: run programs on an RCE Engine

  rce run FILE [ARG …]     run a program and exit as it does; - reads it from the input
    -l, --language ID      when the file's name does not tell
    --stdin TEXT           input of the program; without it, what is piped in
    --stdin-file FILE
    --args ARG             argument of the program, repeatable; also ARG behind FILE, after -- if it begins with -
    --env NAME=VALUE       repeatable
    --file FILE            further file that the program needs, repeatable
    --limit NAME=NUMBER    for example wallTimeMs=1000, repeatable
    --tests FILE           JSON: [{"stdin": "1 2", "expected": "3"}, …]
    --stop-on-first-failure
    --no-wait              only print the job's id
  rce status ID            what became of a job
  rce cancel ID            stop a job
  rce languages            what can be run
  rce analyze FILE         what is risky in a program, without running it
    --sarif                as SARIF 2.1.0
    --fail-on SEVERITY     exit with 1 when there is such a finding, or a worse one
  rce mcp                  tools for agents: a server of the Model Context Protocol on stdin and stdout

  Everywhere:
    --url URL              the engine; RCE_URL, else http://127.0.0.1:3000
    --api-key KEY          RCE_API_KEY
    --json                 the answer of the API

  Exit codes of rce run:
${verdictCodes}
  of rce itself: ${EXIT.usage} wrong command line, ${EXIT.refused} refused by the engine, ${EXIT.unavailable} engine not reached, ${EXIT.internal} failure
`;
