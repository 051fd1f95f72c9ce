import type { ListedRun as FoundRun } from '../../../app/runs/list-runs.ts';
import type { NextCommand } from '../../../domain/run/next-commands.ts';
import type { NextStep } from '../../api/parts.ts';
import type { ListedRun } from '../../api/run-answers.ts';
import { runIdOf } from './run-folder.ts';

/**
 * Returns which of the console's own actions does what a command does. `idOf` finds runs by their names in a command line.
 */
export function nextStepOf(
  { why, command, does }: NextCommand,
  idOf: (name: string) => string | undefined,
): NextStep {
  switch (does.kind) {
    case 'execute':
    case 'resume':
    case 'followup':
      return { why, command, does: { kind: does.kind } };
    case 'open-secrets':
      return { why, command, does: { kind: 'hand-over' } };
    case 'rerun':
      return { why, command, does: { kind: 'rerun', only: does.only } };
    case 'resend':
      return { why, command, does: { kind: 'resend', only: does.only, action: does.action } };
    case 'other-run': {
      const run = idOf(does.name);
      return { why, command, does: run === undefined ? undefined : { kind: 'open', run } };
    }
    case 'plan-again':
    case 'report':
      return { why, command, does: undefined };
    default: {
      const never: never = does;
      return never;
    }
  }
}

const ORDER: readonly (readonly ListedRun['state'][])[] = [['running'], ['stopped'], ['planned']];

function rank({ state }: ListedRun): number {
  const at = ORDER.findIndex((states) => states.includes(state));
  return at < 0 ? ORDER.length : at;
}

/** Returns the runs as Home shows them, those that wait for somebody first. */
export function listedRuns(
  found: readonly FoundRun[],
  {
    isLive,
    isConnected,
  }: {
    readonly isLive: (id: string) => boolean;
    readonly isConnected: (host: string) => boolean;
  },
): readonly ListedRun[] {
  const ids = new Map(found.map(({ name, dir }) => [name, runIdOf(dir)]));
  const listed = found.map((run): ListedRun => {
    const id = runIdOf(run.dir);
    const { name, state, createdAt, lastAt, ageMs, spec, host, origin, orgId, rows, targets } = run;
    const { counts, unsettled, secrets, parentRunIds: parents } = run;
    return {
      ...{ id, name, state, createdAt, lastAt, ageMs, spec, host, origin, orgId, rows, targets },
      ...{ counts, unsettled, secrets, parents },
      live: isLive(id),
      connected: isConnected(host),
      next: run.next.map((next) => nextStepOf(next, (other) => ids.get(other))),
    };
  });
  return listed.toSorted((a, b) => rank(a) - rank(b));
}
