import type { AppEvent } from '../../../domain/run/event.ts';
import type { JournalWriter, RunState } from '../../../domain/run/journal-record.ts';
import type { Target } from '../../../domain/plan/plan.ts';
import type { SkipReason } from '../../../domain/plan/verdict.ts';
import type { Repeats } from '../../../plan/verdicts/repeats.ts';

interface SkipPorts {
  readonly journal: JournalWriter;
  readonly state: RunState;
  readonly nowMs: () => number;
  readonly emit: (event: AppEvent) => void;
  /** Aborts when the run stops. After that, nobody is skipped or passed on. */
  readonly signal: AbortSignal;
}

/** Tells whether the run did something to the row, or might have, so that it caused the user's state itself. */
function isActedOn({ state }: SkipPorts, row: number): boolean {
  const open = state.open.get(row);
  return open !== undefined && (open.pending !== undefined || open.stepsApplied.length > 0);
}

/** Ends a row that is not acted on after all, in the journal like any other. */
async function skip(target: Target, reason: SkipReason, ports: SkipPorts): Promise<void> {
  const open = ports.state.open.get(target.row);
  await ports.journal.append({
    kind: 'outcome',
    at: new Date(ports.nowMs()).toISOString(),
    row: target.row,
    outcome: 'skipped',
    reason,
    attempts: open?.attempts ?? 0,
    ...(open === undefined ? {} : { startedAt: open.startedAt }),
  });
  ports.emit({
    type: 'row',
    row: target.row,
    userId: target.userId,
    login: target.login,
    outcome: 'skipped',
    reason,
    status: undefined,
    oktaCode: undefined,
    requestId: undefined,
    message: undefined,
  });
}

/**
 * Passes on the targets that no other run has acted on since the plan was made; the others end as `skipped`. Rows that
 * this run itself has begun are passed on.
 */
export async function* spareDone(
  targets: AsyncIterable<Target>,
  repeats: Repeats,
  ports: SkipPorts,
): AsyncIterable<Target> {
  for await (const target of targets) {
    // Thousands of rows in a row can be done, and each is recorded by itself.
    if (ports.signal.aborted) return;
    const isOpen = !ports.state.ended(target.row) && !isActedOn(ports, target.row);
    if (isOpen && repeats.of(target.userId) !== undefined)
      await skip(target, 'already-done', ports);
    else yield target;
  }
}
