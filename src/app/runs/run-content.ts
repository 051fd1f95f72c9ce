import { findErrorEntry } from '../../domain/codes/okta-error.ts';
import { passOver } from '../../report/results/pass.ts';
import { errorKey } from '../../report/results/tally.ts';
import { explainingReasons, OTHER } from '../../report/results/reasons.ts';
import type { Explanation, ReportContent } from '../../report/report-content.ts';
import type { AppContext } from '../context.ts';
import { recordsOf } from '../report/reports.ts';
import type { RunTable } from './run-tables.ts';

export type { ReportContent };
export { OTHER };

/** How failed and unknown rows are grouped: by Okta's code, by our code if Okta did not answer, or by a reason. */
export const failureCodeOf = errorKey;

/** Explains a code or reason of a row; undefined if it is not in a catalog. */
export const explainCode: (code: string) => Explanation | undefined =
  explainingReasons(findErrorEntry);

/** Describes what happened in a run, from its plan and journal. Rejects with PLAN_CHANGED, DISK, an abort. */
export async function contentOf(
  { run, plan, replay }: RunTable,
  context: AppContext,
): Promise<ReportContent> {
  return passOver(
    {
      run,
      rows: plan.rows,
      records:
        replay.records > 0 || replay.chainState.kind === 'broken' ? recordsOf(replay) : undefined,
      explain: findErrorEntry,
      clock: context.host.clock,
      signal: context.interrupt.drain,
    },
    [],
  );
}
