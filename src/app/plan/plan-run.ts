import { resolve, join } from 'node:path';
import { closeToWriters } from '../../disk/own-folder.ts';
import { DEFAULTS, patienceFor } from '../../config/defaults.ts';
import type { OrgConfig } from '../../config/org.ts';
import type { PaceConfig } from '../../config/pace.ts';
import type { SelectionConfig } from '../../config/selection.ts';
import { producesSecrets, type ActionSpec } from '../../domain/plan/action.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import type { Failure } from '../../domain/row/failure.ts';
import type { OrgReader } from '../../domain/org/org.ts';
import type { Row } from '../../domain/row/row.ts';
import { makeRunId } from '../../domain/run/run-id.ts';
import type { PolicyOptions, RunFile } from '../../domain/run/run-file.ts';
import { NEW_RUN_FORMAT } from '../../domain/run/run-format.ts';
import {
  createRunDirectory,
  discardRunDirectory,
  type RunDirectory,
} from '../../journal/run-directory.ts';
import { writeRunFile } from '../../journal/run-file.ts';
import { estimateMs } from './estimate.ts';
import { countReads } from '../../plan/lookup/counting-reader.ts';
import { NOBODY_EXCLUDED, readExclusion, type Exclusion } from '../../plan/verdicts/exclusion.ts';
import { PlanTally } from '../../plan/preview/plan-tally.ts';
import { planRows } from '../../plan/verdicts/plan-rows.ts';
import { makePreview } from '../../plan/preview/preview.ts';
import { RepeatJudge, type Repeat } from '../../plan/verdicts/repeats.ts';
import { resolveRows } from '../../plan/lookup/resolve-rows.ts';
import { writePlan } from '../../plan/file/write-plan.ts';
import { openReading } from '../org/connection.ts';
import { WRITE_BUCKET } from '../org/pacings.ts';
import type { AppContext } from '../context.ts';
import { failureError } from '../org/failure-error.ts';
import { identify } from '../org/org-identity.ts';
import { readProtection } from '../run/consent/protection.ts';
import { parentFields, type ReadParents } from '../rerun/parent-runs.ts';
import { findRepeats, foldersOf } from '../runs/index/repeats.ts';
import { excludedGroupsOf, excludedRows, rowsOf } from './select-rows.ts';
import { runName } from '../runs/run-name.ts';
import { VERSION } from '../version.ts';

/** Whom a plan is over: a selection, or rows of an earlier run. */
export type Who =
  | { readonly kind: 'selection'; readonly selection: SelectionConfig }
  | {
      readonly kind: 'rows';
      readonly rows: () => AsyncIterable<Row>;
      readonly asTyped: readonly string[];
      /** The runs they come from; whole once the rows were read. */
      readonly parents: ReadParents;
      /** Folders of those runs, as far as they are known before. */
      readonly dirs: readonly string[];
    };

export interface PlanInput {
  readonly org: OrgConfig;
  readonly pace: PaceConfig;
  readonly who: Who;
  readonly spec: ActionSpec;
  readonly policy: PolicyOptions;
  /** Successes of other runs that the admin has looked at, and means to follow by another. */
  readonly followsUp?: (userId: string, repeat: Repeat) => boolean;
  /** The run directory; undefined for `reports/<run-id>`. */
  readonly out: string | undefined;
  /** Secrets will be written in clear, so the preview must say so. */
  readonly secretsPlaintext?: boolean;
  /** The age recipients that secrets will be sealed to; kept in run.json, so that the run can go on without being told again. */
  readonly recipients?: readonly string[];
}

export interface PlannedRun {
  readonly dir: string;
  /** What a command line calls the run. */
  readonly name: string;
  readonly run: RunFile;
}

/** A median answer of Okta's lifecycle calls, by Okta's own example of concurrency. */
const USUAL_LATENCY_MS = 400;
/** Reading one user by id: it changes nothing and mails nobody, and takes about a third of that. */
const USUAL_READ_MS = 150;

const PROGRESS_EVERY = 500;

async function* reporting(rows: AsyncIterable<Row>, context: AppContext): AsyncIterable<Row> {
  let done = 0;
  for await (const row of rows) {
    done += 1;
    if (done % PROGRESS_EVERY === 0) context.emit({ type: 'reading', what: 'lookup', done });
    yield row;
  }
}

async function exclusionOf(
  who: Who,
  policy: PolicyOptions,
  context: AppContext,
): Promise<Exclusion> {
  if (who.kind === 'rows' || who.selection.excludeFiles.length === 0) return NOBODY_EXCLUDED;
  return readExclusion(excludedRows(who.selection, context), { lookup: policy.lookup });
}

/** The policy with the groups that the selection excludes beside those of an earlier run, by their ids. */
async function withExcludedGroups(
  { who, policy }: PlanInput,
  reader: OrgReader,
  context: AppContext,
): Promise<PolicyOptions> {
  const earlier = policy.excludedGroups ?? [];
  const named =
    who.kind === 'selection' ? await excludedGroupsOf(who.selection, reader, context) : [];
  const excludedGroups = [...new Set([...earlier, ...named])];
  return excludedGroups.length === 0 ? policy : { ...policy, excludedGroups };
}

function keptRecipients(
  spec: ActionSpec,
  named: readonly string[],
): Pick<RunFile, 'recipients'> | undefined {
  if (!producesSecrets(spec) || named.length === 0) return undefined;
  return { recipients: [...new Set(named.map((recipient) => recipient.trim()))] };
}

/**
 * Makes a plan: resolves the rows against live state, gives each a verdict, writes run.json and plan.jsonl; its reports
 * are `ensureReports`’. What it is given of the org cannot write. A plan that came to nothing leaves nothing behind.
 * Rejects with INPUT_*, RUN_EXISTS, AUTH_*, ORG_UNREACHABLE, DISK.
 */
export async function planRun(input: PlanInput, context: AppContext): Promise<PlannedRun> {
  const { host, interrupt } = context;
  const { org, pace, who, spec } = input;
  const over = new AbortController();
  const signal = AbortSignal.any([interrupt.drain, over.signal]);
  const createdMs = host.clock.nowMs();
  const runId = makeRunId(createdMs, host.random);
  const connection = openReading({ org, pace, runId }, context);
  let unfinished: RunDirectory | undefined;
  try {
    const identity = await identify(connection.reader, org.credentials, signal);
    const { reader, reads } = countReads(connection.reader);
    const serverNowMs = reader.serverNowMs();
    const serverTimeMs =
      serverNowMs === undefined ? undefined : serverNowMs - (host.clock.nowMs() - createdMs);
    const tried = (failure: Failure, what: string) => failureError(failure, what, org.host);
    const policy = await withExcludedGroups(input, reader, context);
    const protectedUsers = readProtection(reader, identity.principal, policy, signal);
    const lifetime = spec.action === 'reset-password' ? reader.linkLifetime(signal) : undefined;
    // Awaited where they are needed, so that the first users are looked up meanwhile.
    protectedUsers.catch(() => undefined);
    lifetime?.catch(() => undefined);
    const exclusion = await exclusionOf(who, policy, context);
    const reports = join(host.cwd, DEFAULTS.reportsDir);
    // A clone under a wide umask brings this folder along; one that --out names is not ours to change.
    if (input.out === undefined) await closeToWriters(reports);
    const place = await createRunDirectory(
      input.out === undefined ? join(reports, runId) : resolve(host.cwd, input.out),
    );
    unfinished = place;
    const repeats = findRepeats(
      {
        orgId: identity.orgId,
        host: org.host,
        origin: org.origin,
        spec,
        dir: place.dir,
        folders: foldersOf(place.dir, who.kind === 'rows' ? who.dirs : [], host.cwd),
      },
      context,
    ).then(
      (found) =>
        new RepeatJudge(found, {
          again: policy.again === true,
          ...(input.followsUp && { exempt: input.followsUp }),
        }),
    );
    // Awaited where it is needed, so that the first users are looked up meanwhile.
    repeats.catch(() => undefined);

    const tally = new PlanTally();
    const rows = who.kind === 'rows' ? who.rows() : rowsOf(who.selection, reader, context);
    const resolved = resolveRows(
      reporting(rows, context),
      { reader, failureError: tried },
      { lookup: policy.lookup },
      signal,
    );
    const planned = planRows(resolved, {
      action: spec.action,
      policy,
      protectedUsers,
      exclusion,
      repeats,
      skip: who.kind === 'selection' ? who.selection.skip : 0,
      limit: who.kind === 'selection' ? who.selection.limit : undefined,
      tally,
    });
    const createdAt = new Date(createdMs).toISOString();
    const header = {
      format: NEW_RUN_FORMAT,
      runId,
      createdAt,
      orgId: identity.orgId,
      host: org.host,
      spec,
    } as const;
    const { digest } = await writePlan(place.path('plan'), header, planned, signal);
    if (tally.rows === 0) {
      throw new AppError(
        'INPUT_NOTHING_SELECTED',
        'The selection is empty: no row is left to judge.',
        {
          hint: 'Check --where, --skip and the file or query. Nothing was sent.',
        },
      );
    }
    const linkLifetime = await lifetime;
    const bucket = reader.limits().find((known) => known.bucket === WRITE_BUCKET);
    const limit = bucket?.limit;
    const windowMs = bucket?.windowMs ?? DEFAULTS.windowMs;
    const { effectMs, readLagMs } = patienceFor(pace.timeoutMs);
    const preview = makePreview({
      secretsPlaintext: input.secretsPlaintext === true && producesSecrets(spec),
      spec,
      policy,
      tally,
      protectedUsers: await protectedUsers,
      repeats: (await repeats).counts,
      linkLifetime: linkLifetime?.kind === 'ok' ? linkLifetime.value : undefined,
      engine: identity.engine,
      reads: reads(),
      limitPerWindow: limit,
      windowMs,
      windowAssumed: bucket?.windowMs === undefined,
      ratePercent: pace.ratePercent,
      doubtMs: effectMs + readLagMs,
      estimateMs: (calls) =>
        limit === undefined && pace.perMinute === undefined && pace.perHour === undefined
          ? undefined
          : estimateMs({
              calls,
              limit,
              windowMs,
              ratePercent: pace.ratePercent,
              perMinute: pace.perMinute,
              perHour: pace.perHour,
              // Each call is preceded by a read of its user.
              latencyMs: USUAL_LATENCY_MS + (policy.lookup ? USUAL_READ_MS : 0),
              concurrency: pace.concurrency,
            }),
    });
    const run: RunFile = {
      format: NEW_RUN_FORMAT,
      toolVersion: VERSION,
      runId,
      createdAt,
      serverTimeMs,
      origin: org.origin,
      host: org.host,
      orgId: identity.orgId,
      principal: identity.principal,
      spec,
      policy,
      selection: who.kind === 'selection' ? who.selection.asTyped : who.asTyped,
      planDigest: digest,
      rows: tally.rows,
      targets: tally.targets,
      columns: tally.columns,
      ...parentFields(who.kind === 'rows' ? who.parents : new Map(), place.dir),
      ...keptRecipients(spec, input.recipients ?? []),
      preview,
    };
    await writeRunFile(place.path('run'), run, host.clock.nowMs());
    unfinished = undefined;
    return { dir: place.dir, name: runName(place.dir, host.cwd), run };
  } finally {
    over.abort();
    if (unfinished !== undefined) await discardRunDirectory(unfinished);
    await connection.close();
  }
}
