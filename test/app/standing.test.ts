import { expect, test } from '@jest/globals';
import { standingAfter } from '../../src/app/run/standing.ts';
import type { ExecutedRun } from '../../src/app/run/settle.ts';
import { nextCommands } from '../../src/domain/run/next-commands.ts';
import type { Summary } from '../../src/domain/run/summary.ts';
import { runFile } from '../report/sample.ts';

const counts = { succeeded: 5, skipped: 0, failed: 0, unknown: 2, 'not-attempted': 7 };

/** How a run ended, as the parts of it that decide what comes next. */
const ended = (summary: Partial<Summary>, left: number) =>
  ({
    run: runFile({ spec: { ...runFile().spec, action: 'suspend' } }),
    ...{ left, takenUp: 0, secrets: 'none' },
    summary: { counts, stop: undefined, ...summary },
  }) as unknown as ExecutedRun;

test('what a resume would settle is not counted as unknown, and the action is known', () => {
  expect(standingAfter(ended({}, 8))).toEqual({
    ...{ planned: false, broken: false, counts, takenUp: 0, secrets: 'none' },
    ...{ unsettled: 1, action: 'suspend', canaryStopped: false },
  });
});

test('after a canary that had no visible effect, every face first looks at its users', () => {
  const stuck = ended(
    { counts: { ...counts, unknown: 0 }, stop: { kind: 'canary', detail: 'links opened' } },
    7,
  );
  expect(nextCommands('run', standingAfter(stuck)).map(({ command }) => command)).toEqual([
    'okta-reset followup run',
    'okta-reset resume run',
  ]);
});
