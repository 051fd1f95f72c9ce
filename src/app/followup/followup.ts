import { join } from 'node:path';
import type { OrgConfig } from '../../config/org.ts';
import type { PaceConfig } from '../../config/pace.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { ACTIONS, type Action } from '../../domain/plan/action.ts';
import type { OrgReader } from '../../domain/org/org.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';
import { checkOrg } from '../../plan/guards.ts';
import { withReportFiles } from '../../report/results/report-files.ts';
import { openReading } from '../org/connection.ts';
import type { AppContext } from '../context.ts';
import { isSameConcern } from './contained-state.ts';
import type { ScannerTrace } from './link-uses.ts';
import { readLive } from './live-rows.ts';
import { readLogFacts } from './log-facts.ts';
import type { LogReading } from './scan-log.ts';
import { skippedByStatus } from './skipped-rows.ts';
import type { FollowupState } from './followup-state.ts';
import { UserList, type ListTerms } from './user-list.ts';
import { runName } from '../runs/run-name.ts';
import { identify } from '../org/org-identity.ts';
import { findRun } from '../runs/open-run.ts';
import { claimsOf, findChain, type ChainRun, type Claims } from '../rerun/run-chain.ts';

export interface FollowupInput {
  readonly dir: string;
  readonly org: OrgConfig;
  readonly pace: PaceConfig;
  /** How long a reset link is valid; undefined: whatever the org's password policies say. */
  readonly linkLifetimeMs: number | undefined;
  /** Users in these states are named one by one. */
  readonly choose: ReadonlySet<FollowupState>;
}

/** The state of the users of a run and its reruns at one time. */
export interface Followup {
  readonly runId: string;
  readonly host: string;
  readonly action: Action;
  /** The runs that were read, newest first. */
  readonly runs: readonly string[];
  readonly takenAt: string;
  /** Users who were reset: the sum of `counts` without `came-back`. */
  readonly users: number;
  readonly counts: Readonly<Record<FollowupState, number>>;
  /** Users in the plans whom no run has reset. */
  readonly neverReset: number;
  /** Users in the plans for whom a damaged journal no longer shows whether they were reset. */
  readonly unreadable: number;
  /** Resets for which the System Log has an event. */
  readonly proven: number;
  readonly proofs: LogReading;
  readonly bounces: LogReading;
  readonly linkUses: LogReading;
  /** Links that a machine seems to have opened; undefined if none. */
  readonly scanner: ScannerTrace | undefined;
  readonly linkLifetimeMs: number;
  readonly linkLifetimeFrom: 'policy' | 'flag' | 'assumed';
  readonly file: string;
}

export interface TakenFollowup {
  readonly followup: Followup;
  /** The users in the chosen states, by id. */
  readonly chosen: ReadonlyMap<string, FollowupState>;
  /** The runs that were read, in the state they had at that time. */
  readonly chain: readonly ChainRun[];
}

const HOUR_MS = 3_600_000;

async function lifetimeOf(
  input: FollowupInput,
  reader: OrgReader,
  context: AppContext,
): Promise<Pick<Followup, 'linkLifetimeMs' | 'linkLifetimeFrom'>> {
  if (input.linkLifetimeMs !== undefined)
    return { linkLifetimeMs: input.linkLifetimeMs, linkLifetimeFrom: 'flag' };
  const lifetime = await reader.linkLifetime(context.interrupt.drain);
  return lifetime.kind === 'ok'
    ? { linkLifetimeMs: lifetime.value.maxMinutes * 60_000, linkLifetimeFrom: 'policy' }
    : { linkLifetimeMs: HOUR_MS, linkLifetimeFrom: 'assumed' };
}

/**
 * Finds out how far the users of a run are, including those of the runs before and after it in its chain. Writes
 * followup.csv (0600) to the run's directory, completely or not at all. Sends no write. Rejects with RUN_*, PLAN_OTHER_ORG,
 * AUTH_*, ORG_*, DISK.
 */
export async function takeFollowup(
  input: FollowupInput,
  context: AppContext,
): Promise<TakenFollowup> {
  const { host, interrupt } = context;
  const found = await findChain(input.dir, context);
  const { spec } = (await findRun(input.dir)).run;
  const chain = found.filter(({ run }) => isSameConcern(run.spec, spec));
  const [newest] = chain;
  if (newest === undefined) throw nothingDone(input.dir);
  const { org, pace, choose } = input;
  const connection = openReading({ org, pace, runId: undefined }, context);
  try {
    const { reader } = connection;
    const identity = await identify(reader, org.credentials, interrupt.drain);
    checkOrg(newest.run, { orgId: identity.orgId, host: org.host });
    const nowMs = reader.serverNowMs() ?? host.clock.nowMs();
    const offsetMs = nowMs - host.clock.nowMs();
    const lifetime = await lifetimeOf(input, reader, context);
    const principalId = identity.principal.kind === 'user' ? identity.principal.id : undefined;
    const log = await readLogFacts(
      reader,
      chain,
      { nowMs, offsetMs, principalId },
      interrupt.drain,
    );
    const terms = { nowMs, offsetMs, lifetimeMs: lifetime.linkLifetimeMs, log, choose };
    const { list, claims } = await writeList(input.dir, chain, reader, terms, context);
    const { users, counts, proven, chosen } = list;
    const { proofs, bounces, linkUses } = log;
    const followup: Followup = {
      runId: chain.find(({ dir }) => dir === input.dir)?.run.runId ?? newest.run.runId,
      host: org.host,
      action: newest.run.spec.action,
      runs: chain.map(({ run }) => run.runId),
      takenAt: new Date(nowMs).toISOString(),
      ...{ users, counts, proven, proofs, bounces, linkUses },
      neverReset: claims.neverReset(),
      unreadable: claims.unreadable(),
      scanner: list.scanner(),
      ...lifetime,
      file: join(input.dir, RUN_FILES.followup),
    };
    return { followup, chosen, chain };
  } finally {
    await connection.close();
  }
}

/** Reads each user of the chain as the org shows them now, and writes followup.csv, completely or not at all. */
async function writeList(
  dir: string,
  chain: readonly ChainRun[],
  reader: OrgReader,
  terms: ListTerms,
  context: AppContext,
): Promise<{ readonly list: UserList; readonly claims: Claims }> {
  const { cwd, clock } = context.host;
  const again = `okta-reset followup ${runName(dir, cwd)}`;
  const writing = { what: RUN_FILES.followup, again, nowMs: clock.nowMs() };
  const claims = claimsOf(chain, context);
  const list = await withReportFiles(dir, writing, async (create) => {
    const file = await create(RUN_FILES.followup);
    const filled = new UserList(file, terms);
    for await (const { of, user } of readLive(claims, reader, context))
      await filled.takeReset(of, user);
    // A restoring action has nothing left to do for users whom it skipped.
    const skipped = isRestoring(chain) ? [] : [skippedByStatus(chain, claims, context)];
    for (const rows of skipped)
      for await (const { of, user } of readLive(rows, reader, context))
        await filled.takeSkipped(of, user);
    await file.finish();
    return filled;
  });
  return { list, claims };
}

function isRestoring(chain: readonly ChainRun[]): boolean {
  return chain.every(({ run }) => ACTIONS[run.spec.action].kind === 'restore');
}

function nothingDone(dir: string): AppError {
  return new AppError(
    'INPUT_NOTHING_SELECTED',
    `Nothing of the run in ${dir} has been executed yet.`,
    {
      hint: `okta-reset run --plan ${dir} executes it.`,
    },
  );
}
