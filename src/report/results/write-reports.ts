import type { OpenFileAt } from '../../disk/staged-files.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';
import type { Summary } from '../../domain/run/summary.ts';
import { htmlPart } from '../page/html-part.ts';
import { passOver, type ReportInput } from './pass.ts';
import { csvPart, jsonPart } from './result-parts.ts';
import { withReportFiles } from './report-files.ts';

/**
 * Writes the report files of a run into its folder in one pass over the plan: results.csv and report.html, and if there is a
 * journal, results.json, failed.csv, not-attempted.csv and summary.json too. New files replace the old ones only when all of
 * them are complete and synced.
 *
 * Throws AppError DISK if the disk refuses, the abort reason after an abort, and whatever `rows` and `records` throw. The
 * old files are then unchanged.
 */
export async function writeReports(
  input: ReportInput & {
    readonly dir: string;
    /** How files are opened, for tests of a failing disk. */
    readonly open?: OpenFileAt | undefined;
  },
): Promise<Summary> {
  const { dir, run, clock, open } = input;
  const writing = { what: 'The report', again: `okta-reset report ${input.name ?? run.runId}` };
  return withReportFiles(dir, { ...writing, nowMs: clock.nowMs(), open }, async (create) => {
    const executed = input.records !== undefined;
    const createIf = (wanted: boolean, name: string) => (wanted ? create(name) : undefined);
    const all = await create(RUN_FILES.resultsCsv);
    const json = await createIf(executed, RUN_FILES.resultsJson);
    const failed = await createIf(executed, RUN_FILES.failedCsv);
    const notAttempted = await createIf(executed, RUN_FILES.notAttemptedCsv);
    const page = await create(RUN_FILES.report);
    const summary = await createIf(executed, RUN_FILES.summary);

    const csvFaces = csvPart({ all, failed, notAttempted }, run.columns);
    const jsonFace = json && jsonPart(json, run, input.records?.chain);
    const pageFace = htmlPart(page, run, input.explain);
    const faces = [csvFaces, jsonFace, pageFace].filter((face) => face !== undefined);
    const content = await passOver(input, faces);

    jsonFace?.end();
    const results = [all, json, failed, notAttempted].filter((file) => file !== undefined);
    const digests = await Promise.all(results.map((file) => file.finish()));
    pageFace.end({ ...content, digests });
    await page.finish();
    summary?.push(`${JSON.stringify(content.summary, null, 2)}\n`);
    await summary?.finish();
    return content.summary;
  });
}
