import type { RunStanding } from '../../domain/run/next-commands.ts';
import { isCanaryStuck } from '../../domain/run/stop.ts';
import type { ExecutedRun } from './settle.ts';

/** Returns what the next commands after an invocation depend on, for every face that shows how it ended. */
export function standingAfter(ended: ExecutedRun): RunStanding {
  const { run, summary, left, takenUp, secrets } = ended;
  const { counts, stop } = summary;
  return {
    ...{ planned: false, broken: false, counts, takenUp, secrets },
    unsettled: Math.max(0, left - counts['not-attempted']),
    action: run.spec.action,
    canaryStopped: isCanaryStuck(stop, counts),
  };
}
