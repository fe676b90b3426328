import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { AnalysisReport } from '@rce/core/report.ts';

/**
 * What a report may take of a job's item. With the largest input (256 KiB) and the largest result (128 KiB)
 * the item stays under DynamoDB's 400 KB.
 */
export const STORED_REPORT_BYTES = 12 * 1024;

/** A report as bytes: findings repeat the same texts, so that they compress to about a tenth. */
export function packReport(report: AnalysisReport): Uint8Array {
  for (let kept = report; ; kept = shorten(kept)) {
    const bytes = deflateRawSync(JSON.stringify(kept));
    if (bytes.length <= STORED_REPORT_BYTES) return bytes;
  }
}

export function unpackReport(bytes: Uint8Array): AnalysisReport {
  return AnalysisReport.parse(JSON.parse(inflateRawSync(bytes).toString('utf8')));
}

/** The first half of the findings, or of the imports once no finding is left. */
function shorten(report: AnalysisReport): AnalysisReport {
  const { findings, metrics, omitted } = report;
  if (findings.length > 0) {
    const kept = findings.slice(0, Math.floor(findings.length / 2));
    return { ...report, findings: kept, omitted: omitted + findings.length - kept.length };
  }
  if (metrics.imports.length === 0) throw new Error('The report is too long even without its findings');
  const imports = metrics.imports.slice(0, Math.floor(metrics.imports.length / 2));
  return { ...report, metrics: { ...metrics, imports } };
}
