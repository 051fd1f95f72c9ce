import { join } from 'node:path';
import type { OrgConfig } from '../../config/org.ts';
import type { PaceConfig } from '../../config/pace.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import type { OrgReader } from '../../domain/org/org.ts';
import type { Row } from '../../domain/row/row.ts';
import type { PlannedRow } from '../../domain/plan/plan.ts';
import { RUN_FILES } from '../../domain/run/run-file.ts';
import type { UserId } from '../../domain/org/user-id.ts';
import type { User } from '../../domain/org/user.ts';
import { checkOrg } from '../../plan/guards.ts';
import { resolveRows } from '../../plan/lookup/resolve-rows.ts';
import { withReportFiles } from '../../report/results/report-files.ts';
import { openReading } from '../org/connection.ts';
import type { AppContext } from '../context.ts';
import { failureError } from '../org/failure-error.ts';
import { FOLLOWUP_HEADER, followupLineOf } from './followup-csv.ts';
import { scanLinkUses, ScannerTraces, type ScannerTrace } from './link-uses.ts';
import type { LogReading } from './scan-log.ts';
import { skippedByStatus } from './skipped-rows.ts';
import { scanBounces, scanProofs } from './followup-log.ts';
import { FOLLOWUP_STATES, hasComeBack, standingOf, type FollowupState } from './followup-state.ts';
import { identify } from '../org/org-identity.ts';
import { claimsOf, findChain, type ChainRun } from '../rerun/run-chain.ts';

export interface FollowupInput {
  readonly dir: string;
  readonly org: OrgConfig;
  readonly pace: PaceConfig;
  /** How long a reset link lives; undefined: as the org's password policies say. */
  readonly linkLifetimeMs: number | undefined;
  /** Users in these states are named one by one. */
  readonly choose: ReadonlySet<FollowupState>;
}

/** How the users of a run and its reruns stand at one moment. */
export interface Followup {
  readonly runId: string;
  readonly host: string;
  /** The runs looked at, newest first. */
  readonly runs: readonly string[];
  readonly takenAt: string;
  /** Users that were reset: the sum of `counts` but for `came-back`. */
  readonly users: number;
  readonly counts: Readonly<Record<FollowupState, number>>;
  /** Users of the plans that no run has reset. */
  readonly neverReset: number;
  /** Resets that the System Log has an event of. */
  readonly proven: number;
  readonly proofs: LogReading;
  readonly bounces: LogReading;
  readonly linkUses: LogReading;
  /** Links that a machine opened, as it looks; undefined where nothing looks so. */
  readonly scanner: ScannerTrace | undefined;
  readonly linkLifetimeMs: number;
  readonly linkLifetimeFrom: 'policy' | 'flag' | 'assumed';
  readonly file: string;
}

export interface TakenFollowup {
  readonly followup: Followup;
  /** The users in the chosen states, by id. */
  readonly chosen: ReadonlyMap<string, FollowupState>;
  /** The runs that were looked at, as they stood then. */
  readonly chain: readonly ChainRun[];
}

const HOUR_MS = 3_600_000;
const GRAIN_MS = 1000;

function worst(readings: readonly LogReading[]): LogReading {
  if (readings.includes('unreadable')) return 'unreadable';
  return readings.includes('partly') ? 'partly' : 'whole';
}

interface Seen<T> {
  readonly of: T;
  readonly user: User | undefined;
}

/** Reads the live state of the user of each row, in their order, a hundred users a call. */
async function* readLive<
  T extends {
    readonly row: Pick<PlannedRow, 'source' | 'line'> & { readonly userId: UserId };
  },
>(whom: AsyncIterable<T>, reader: OrgReader, context: AppContext): AsyncGenerator<Seen<T>> {
  const waiting = new Map<Row, T>();
  async function* rows(): AsyncGenerator<Row> {
    for await (const one of whom) {
      const { userId, line, source } = one.row;
      const row: Row = { source, line, identifier: { kind: 'id', value: userId }, columns: {} };
      waiting.set(row, one);
      yield row;
    }
  }
  let done = 0;
  const resolved = resolveRows(
    rows(),
    { reader, failureError: (failure, tried) => failureError(failure, tried, reader.host) },
    { lookup: true },
    context.interrupt.drain,
  );
  for await (const { row, resolution } of resolved) {
    const one = waiting.get(row);
    waiting.delete(row);
    if (one === undefined) throw new Error('A row came back that nobody asked for.');
    done += 1;
    if (done % 500 === 0) context.emit({ type: 'reading', what: 'lookup', done });
    yield { of: one, user: resolution.kind === 'found' ? resolution.user : undefined };
  }
}

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
 * Looks how far the users of a run have come, and those of the runs it came from and that came from it. Writes
 * followup.csv (0600) into the run's directory, whole or not at all. Sends no write.
 * Rejects with RUN_*, PLAN_OTHER_ORG, AUTH_*, ORG_*, DISK.
 */
export async function takeFollowup(
  input: FollowupInput,
  context: AppContext,
): Promise<TakenFollowup> {
  const { host, interrupt } = context;
  const chain = await findChain(input.dir, context);
  const [newest] = chain;
  if (newest === undefined) throw nothingDone(input.dir);
  const { org, pace } = input;
  const connection = openReading({ org, pace, runId: undefined }, context);
  try {
    const { reader } = connection;
    const identity = await identify(reader, org.credentials, interrupt.drain);
    checkOrg(newest.run, { orgId: identity.orgId, host: org.host });
    const nowMs = reader.serverNowMs() ?? host.clock.nowMs();
    const offsetMs = nowMs - host.clock.nowMs();
    const lifetime = await lifetimeOf(input, reader, context);
    const proofs = new Map<string, Awaited<ReturnType<typeof scanProofs>>>();
    for (const run of chain)
      proofs.set(run.run.runId, await scanProofs(reader, run, offsetMs, interrupt.drain));
    const firstMs = Math.min(...chain.map((run) => run.firstMs)) + offsetMs;
    const untilMs = nowMs + GRAIN_MS;
    const bounces = await scanBounces(reader, firstMs, untilMs, interrupt.drain);
    const principalId = identity.principal.kind === 'user' ? identity.principal.id : undefined;
    const uses = await scanLinkUses(
      reader,
      { sinceMs: firstMs, untilMs, principalId },
      interrupt.drain,
    );

    const claims = claimsOf(chain, context);
    const counts = Object.fromEntries(FOLLOWUP_STATES.map((state) => [state, 0])) as Record<
      FollowupState,
      number
    >;
    const chosen = new Map<string, FollowupState>();
    const traces = new ScannerTraces();
    let users = 0;
    let proven = 0;
    const take = (userId: string, state: FollowupState) => {
      counts[state] += 1;
      if (input.choose.has(state)) chosen.set(userId, state);
    };
    await withReportFiles(input.dir, { nowMs: host.clock.nowMs() }, async (create) => {
      const file = await create(RUN_FILES.followup);
      file.push(FOLLOWUP_HEADER);
      for await (const { of: claim, user } of readLive(claims, reader, context)) {
        const { row, run } = claim;
        const proof = proofs.get(run.runId);
        const bouncedMs = bounces.bouncedMs.get(row.userId);
        const resetMs = claim.startedMs + offsetMs - GRAIN_MS;
        const use = uses.after(row.userId, resetMs);
        const standing = standingOf({ spec: run.spec, resetMs, before: row }, user, {
          nowMs,
          lifetimeMs: lifetime.linkLifetimeMs,
          bouncedMs,
          linkUsedMs: use?.usedMs,
        });
        if (standing.state === 'link-used' && use !== undefined) traces.add(use, resetMs);
        const isProven = proof?.users.has(row.userId) === true;
        users += 1;
        if (isProven) proven += 1;
        take(row.userId, standing.state);
        const known = isProven || proof?.reading === 'whole';
        file.push(
          followupLineOf({
            userId: row.userId,
            login: row.login,
            user,
            standing,
            resetMs: claim.startedMs,
            bouncedMs,
            linkUsedMs: use?.usedMs,
            linkUsedFrom: use?.address,
            proven: known ? isProven : undefined,
            run,
          }),
        );
        await file.flush();
      }
      const skipped = skippedByStatus(chain, claims, context);
      for await (const { of: one, user } of readLive(skipped, reader, context)) {
        const { row, run } = one;
        if (!hasComeBack(user, Date.parse(run.createdAt) + offsetMs)) continue;
        take(row.userId, 'came-back');
        file.push(
          followupLineOf({
            userId: row.userId,
            login: row.login,
            user,
            standing: { state: 'came-back', linkDiesMs: undefined },
            resetMs: undefined,
            bouncedMs: undefined,
            linkUsedMs: undefined,
            linkUsedFrom: undefined,
            proven: undefined,
            run,
          }),
        );
        await file.flush();
      }
      await file.finish();
    });
    const followup: Followup = {
      runId: chain.find(({ dir }) => dir === input.dir)?.run.runId ?? newest.run.runId,
      host: org.host,
      runs: chain.map(({ run }) => run.runId),
      takenAt: new Date(nowMs).toISOString(),
      users,
      counts,
      neverReset: claims.neverReset(),
      proven,
      proofs: worst([...proofs.values()].map(({ reading }) => reading)),
      bounces: bounces.reading,
      linkUses: uses.reading,
      scanner: traces.found(),
      ...lifetime,
      file: join(input.dir, RUN_FILES.followup),
    };
    return { followup, chosen, chain };
  } finally {
    await connection.close();
  }
}

function nothingDone(dir: string): AppError {
  return new AppError('INPUT_NOTHING_SELECTED', `Nothing of the run in ${dir} was executed yet.`, {
    hint: `okta-reset run --plan ${dir} executes it.`,
  });
}
