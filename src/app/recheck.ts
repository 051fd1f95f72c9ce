import type { AppEvent } from '../domain/event.ts';
import type { JournalWriter, RunState } from '../domain/journal-record.ts';
import type { OrgReader } from '../domain/org.ts';
import type { Target } from '../domain/plan.ts';
import type { Row } from '../domain/row.ts';
import type { RunFile } from '../domain/run-file.ts';
import type { SkipReason } from '../domain/verdict.ts';
import { judge, judgeProtection } from '../plan/judge.ts';
import type { ProtectedUsers } from '../plan/protected-users.ts';
import { resolveRows } from '../plan/resolve-rows.ts';
import { targetsStop } from '../engine/targets-stop.ts';

/** A plan this old is read against live state once more before its users are acted on. */
export const RECHECK_AFTER_MS = 10 * 60_000;

export interface RecheckPorts {
  readonly reader: OrgReader;
  readonly journal: JournalWriter;
  readonly state: RunState;
  readonly nowMs: () => number;
  readonly emit: (event: AppEvent) => void;
  /** Aborts when the run stops: then nobody is read or skipped any more. */
  readonly signal: AbortSignal;
}

const rowOf = (target: Target): Row => ({
  source: target.source,
  line: target.line,
  identifier: { kind: 'id', value: target.userId },
  columns: {},
});

/** Whether something of the row was done, or may have been: its state is the run's own doing then. */
export function isActedOn({ state }: RecheckPorts, row: number): boolean {
  const open = state.open.get(row);
  return open !== undefined && (open.pending !== undefined || open.stepsApplied.length > 0);
}

/** A row that is not acted on after all ends here, in the journal like any other. */
export async function skip(target: Target, reason: SkipReason, ports: RecheckPorts): Promise<void> {
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
 * Passes on the targets that live state and policy still allow, in their order; the others end as `skipped` with their
 * reason. Rows of which something was done are passed on as they are: their state is the run's own doing. Rejects with
 * a `TargetsStop` where the users cannot be read.
 */
export async function* recheck(
  targets: AsyncIterable<Target>,
  run: RunFile,
  protectedUsers: ProtectedUsers,
  ports: RecheckPorts,
): AsyncIterable<Target> {
  const waiting: Target[] = [];
  const begun: Target[] = [];
  async function* fresh(): AsyncIterable<Row> {
    for await (const target of targets) {
      if (ports.state.ended(target.row)) continue;
      if (isActedOn(ports, target.row)) {
        begun.push(target);
        continue;
      }
      waiting.push(target);
      yield rowOf(target);
    }
  }
  const resolved = resolveRows(
    fresh(),
    { reader: ports.reader, failureError: targetsStop },
    { lookup: true },
    ports.signal,
  );
  const terms = {
    action: run.spec.action,
    policy: run.policy,
    protectedUsers,
  };
  try {
    for await (const { resolution } of resolved) {
      yield* begun.splice(0);
      if (ports.signal.aborted) return;
      const target = waiting.shift();
      if (target === undefined) throw new Error('More users came back than were asked for.');
      const verdict = judge(resolution, terms);
      if (verdict.kind === 'act') yield target;
      else await skip(target, verdict.reason, ports);
    }
    yield* begun.splice(0);
  } catch (error) {
    // A run that is being stopped takes up no more rows; the reads that were cut are no fault.
    if (!ports.signal.aborted) throw error;
  }
}

/**
 * Passes on all targets but those who are protected now: the user that the run acts as, members of excluded groups,
 * admins. Rows of which something was done are passed on as they are.
 */
export async function* spareProtected(
  targets: AsyncIterable<Target>,
  { policy }: Pick<RunFile, 'policy'>,
  protectedUsers: ProtectedUsers,
  ports: RecheckPorts,
): AsyncIterable<Target> {
  for await (const target of targets) {
    const verdict = judgeProtection(target.userId, { policy, protectedUsers });
    if (verdict !== undefined && !ports.state.ended(target.row) && !isActedOn(ports, target.row)) {
      await skip(target, verdict.reason, ports);
    } else yield target;
  }
}
