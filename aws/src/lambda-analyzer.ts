import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Analyzer } from '@rce/core/ports/analyzer.ts';
import { AnalysisReport } from '@rce/core/report.ts';

/** The analyze function did not bring a report. The job's run is not affected. */
export class AnalysisUnavailable extends Error {
  override readonly name = 'AnalysisUnavailable';
}

/** Analysis by the analyze function, invoked directly: with a bare {language, code}, not an HTTP event. */
export function createLambdaAnalyzer(lambda: LambdaClient, functionName: string): Analyzer {
  return {
    async analyze(request, { signal, traceparent } = {}) {
      const { Payload, FunctionError } = await lambda.send(
        new InvokeCommand({
          FunctionName: functionName,
          Payload: JSON.stringify({ ...request, traceparent }),
        }),
        signal ? { abortSignal: signal } : {},
      );
      // Without a payload the SDK gives an object that holds no bytes, whatever its type says.
      const text = ArrayBuffer.isView(Payload) ? new TextDecoder().decode(Payload) : '';
      if (FunctionError !== undefined) {
        throw new AnalysisUnavailable(`The function ${functionName} failed: ${text.slice(0, 500)}`);
      }
      const report = AnalysisReport.safeParse(parseJson(text));
      if (!report.success) {
        throw new AnalysisUnavailable(`The function ${functionName} answered without a report.`, {
          cause: report.error,
        });
      }
      return report.data;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
