import { RUN_FILES } from '../domain/run-file.ts';
import type { ResultRow } from '../domain/result.ts';
import type { Summary } from '../domain/summary.ts';
import { htmlPart } from './html-part.ts';
import { passOver, type ReportInput } from './pass.ts';
import { csvPart, jsonPart, type ResultPart } from './result-parts.ts';
import { type OpenFileAt, type StagedFile, withStagedFiles } from './staged-files.ts';

type Takes = (result: ResultRow) => boolean;

const all: Takes = () => true;
const failed: Takes = ({ outcome }) => outcome === 'failed' || outcome === 'unknown';
const notAttempted: Takes = ({ outcome }) => outcome === 'not-attempted';

/**
 * Writes the report files of a run into its folder in one pass over the plan: results.csv and report.html, and,
 * once there is a journal, results.json, failed.csv, not-attempted.csv and summary.json too. New files replace the
 * old ones only when all of them are complete and synced.
 *
 * Throws AppError DISK where the disk refuses, the abort reason after an abort, and whatever `rows` and `records`
 * throw; the old files are unchanged then.
 */
export async function writeReports(
  input: ReportInput & {
    readonly dir: string;
    /** How files are opened; for tests of a failing disk. */
    readonly open?: OpenFileAt | undefined;
  },
): Promise<Summary> {
  const { dir, run, clock, open } = input;
  return withStagedFiles(dir, { nowMs: clock.nowMs(), open }, async (create) => {
    const csv = async (name: string, takes: Takes) => {
      const file = await create(name);
      return { file, part: csvPart(file, run.columns, takes) };
    };
    const files: { readonly file: StagedFile; readonly part: ResultPart }[] = [
      await csv(RUN_FILES.resultsCsv, all),
    ];
    const executed = input.records !== undefined;
    let json: ReturnType<typeof jsonPart> | undefined;
    if (executed) {
      const file = await create(RUN_FILES.resultsJson);
      json = jsonPart(file, run);
      files.push({ file, part: json });
      files.push(await csv(RUN_FILES.failedCsv, failed));
      files.push(await csv(RUN_FILES.notAttemptedCsv, notAttempted));
    }
    const page = await create(RUN_FILES.report);
    const html = htmlPart(page, run, input.explain);

    const story = await passOver(input, [...files.map(({ part }) => part), html]);
    json?.end();
    const digests = [];
    for (const { file } of files) digests.push(await file.finish());
    html.end({ ...story, digests });
    await page.finish();
    if (executed) {
      const summary = await create(RUN_FILES.summary);
      summary.push(`${JSON.stringify(story.summary, null, 2)}\n`);
      await summary.finish();
    }
    return story.summary;
  });
}
