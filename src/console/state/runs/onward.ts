/** What continues from a run: reruns, follow-ups, resends. */
import { followupMeaning, followupWords } from '../../../app/followup/followup-meaning.ts';
import {
  FOLLOWUP_STATES,
  RESENDABLE,
  STUCK_STATES,
  type FollowupState,
} from '../../../app/followup/followup-state.ts';
import { takeFollowup, type TakenFollowup as Taken } from '../../../app/followup/followup.ts';
import { nextOfFollowup } from '../../../app/followup/next-of-followup.ts';
import { resendOf } from '../../../app/followup/resend.ts';
import type { AppContext } from '../../../app/context.ts';
import type { PlanInput } from '../../../app/plan/plan-input.ts';
import type { ReadParents } from '../../../app/rerun/parent-runs.ts';
import { restingRun, rowsOfRun } from '../../../app/rerun/rerun-rows.ts';
import { rerunPolicy, rerunSpec, wantedRows } from '../../../app/rerun/rerun-terms.ts';
import { findRun } from '../../../app/runs/open-run.ts';
import { recipientsFor } from '../../../app/secrets/recipients-for.ts';
import { ACTION, POLICY, WHAT, bareAction } from '../../../config/action.ts';
import { linesFor } from '../../../config/continuation.ts';
import type { Given } from '../../../config/flags/flag.ts';
import type { OrgConfig } from '../../../config/org.ts';
import { resolveSecretsPlace, SECRETS } from '../../../config/output.ts';
import { PACE } from '../../../config/pace.ts';
import { AppError } from '../../../domain/codes/app-error.ts';
import { parseDurationMs } from '../../../domain/duration.ts';
import type { ActionSpec } from '../../../domain/plan/action.ts';
import type { TakenFollowup } from '../../api/live.ts';
import type { RerunRequest, ResendRequest } from '../../api/requests.ts';
import { badRequest } from '../../refusal.ts';
import { nextStepOf } from './listed-run.ts';

/** What to continue from, and with which flags. */
export interface Onward {
  readonly dir: string;
  readonly org: OrgConfig;
  readonly given: Given;
}

async function secretsOf(
  spec: ActionSpec,
  { given, dir }: Onward,
  context: AppContext,
): Promise<PlanInput['secrets']> {
  const flags = SECRETS.read(given);
  const recipients = await recipientsFor(spec, flags, dir, context);
  const secrets = { ...flags, recipients };
  resolveSecretsPlace(secrets, spec, recipients);
  return secrets;
}

/** Returns what a rerun plans. Rejects with RUN_LOCKED, USAGE, SECRETS_NO_PLACE. */
export async function rerunInput(
  onward: Onward,
  { only = [], errors = [], rows = [] }: Omit<RerunRequest, 'flags'>,
  name: string,
  context: AppContext,
): Promise<PlanInput> {
  const { dir, org, given } = onward;
  const run = await restingRun(dir, false, context);
  const policy = rerunPolicy(POLICY.read(given), run.policy);
  const wanted = wantedRows({ outcomes: only, errors, rows, again: policy.again === true });
  const spec = rerunSpec(WHAT.read(given), () => run.spec);
  const parents: ReadParents = new Map();
  return {
    ...{ org, spec, policy, out: undefined },
    pace: PACE.read(given),
    secrets: await secretsOf(spec, onward, context),
    who: {
      kind: 'rows',
      rows: () => rowsOfRun(dir, { wanted, spec }, parents, context),
      asTyped: [
        ...['rerun', name],
        ...only.flatMap((outcome) => ['--only', outcome]),
        ...errors.flatMap((code) => ['--error', code]),
        ...rows.flatMap((row) => ['--row', String(row)]),
      ],
      parents,
      dirs: [dir],
    },
  };
}

/** Returns the states that a resend is requested for. Throws BAD_REQUEST for others. */
export function statesOf(only: ResendRequest['only']): ReadonlySet<FollowupState> {
  if (only === undefined) return new Set(STUCK_STATES);
  return new Set(
    only.map((text) => {
      const state = RESENDABLE.find((each) => each === text);
      if (state === undefined) throw badRequest('A resend does not work for one of these states.');
      return state;
    }),
  );
}

/** Reads how far the users of a run are. Rejects with RUN_*, AUTH_*, ORG_*, DISK, USAGE. */
export async function follow(
  { dir, org, given }: Onward,
  choose: ReadonlySet<FollowupState>,
  linkLifetime: string | undefined,
  context: AppContext,
): Promise<Taken> {
  const linkLifetimeMs = linkLifetime === undefined ? undefined : parseDurationMs(linkLifetime);
  if (linkLifetime !== undefined && linkLifetimeMs === undefined)
    throw badRequest('The lifetime of links has to be a length of time: 1h, 90m.');
  return takeFollowup({ dir, org, pace: PACE.read(given), choose, linkLifetimeMs }, context);
}

/** Returns what a resend plans. Rejects with INPUT_NOTHING_SELECTED if nobody is in these states, and like a follow-up. */
export async function resendInput(
  onward: Onward,
  choose: ReadonlySet<FollowupState>,
  context: AppContext,
): Promise<PlanInput> {
  const { dir, org, given } = onward;
  await restingRun(dir, false, context);
  const taken = await follow(onward, choose, undefined, context);
  if (taken.chosen.size === 0)
    throw new AppError('INPUT_NOTHING_SELECTED', 'Nobody is in these states any more.', {
      hint: 'Look again: the follow-up counts who is.',
    });
  const { run } = await findRun(dir);
  const named = WHAT.flags.action.read(given);
  const spec =
    named === undefined ? run.spec : given.size > 1 ? ACTION.read(given) : bareAction(named);
  const again = POLICY.read(given).again === true;
  return {
    ...{ org, spec, out: undefined },
    pace: PACE.read(given),
    policy: { ...run.policy, resend: true, lookup: true, sinceMs: undefined, again },
    secrets: await secretsOf(spec, onward, context),
    ...resendOf(dir, taken, false, context),
  };
}

function resendable(state: FollowupState): 'default' | 'by-name' | 'never' {
  if (STUCK_STATES.includes(state)) return 'default';
  return RESENDABLE.some((known) => known === state) ? 'by-name' : 'never';
}

/** Returns a follow-up as a page shows it. `idOf` finds runs by their names in a command line. */
export function shownFollowup(
  taken: Taken,
  {
    dir,
    cwd,
    orgUrl,
    origin,
    idOf,
  }: {
    readonly dir: string;
    readonly cwd: string;
    readonly origin: string;
    readonly orgUrl: string | undefined;
    readonly idOf: (name: string) => string | undefined;
  },
): NonNullable<TakenFollowup['result']> {
  const { takenAt, users, counts, neverReset, unreadable, proven, action } = taken.followup;
  const { linkLifetimeMs: lifetimeMs, linkLifetimeFrom: from } = taken.followup;
  const { good, goodWords, done, hasLink } = followupWords(action);
  const next = nextOfFollowup(taken, dir, linesFor(origin, orgUrl), cwd);
  return {
    ...{ takenAt, users, neverReset, unreadable, proven, done },
    good: { users: counts[good], words: goodWords },
    links: hasLink ? { lifetimeMs, from } : undefined,
    states: FOLLOWUP_STATES.map((state) => ({
      state,
      users: counts[state],
      meaning: followupMeaning(state, action),
      resend: resendable(state),
    })),
    next: next.map((each) => nextStepOf(each, idOf)),
  };
}
