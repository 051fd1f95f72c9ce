import { resolve, join } from 'node:path';
import { closeToWriters } from '../../disk/own-folder.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import { producesSecrets } from '../../domain/plan/action.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import type { Row } from '../../domain/row/row.ts';
import { makeRunId } from '../../domain/run/run-id.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import { NEW_RUN_FORMAT } from '../../domain/run/run-format.ts';
import {
  createRunDirectory,
  discardRunDirectory,
  type RunDirectory,
} from '../../journal/directory/run-directory.ts';
import { writeRunFile } from '../../journal/directory/run-file.ts';
import { NOBODY_EXCLUDED, readExclusion, type Exclusion } from '../../plan/verdicts/exclusion.ts';
import { PlanTally } from '../../plan/preview/plan-tally.ts';
import { planRows } from '../../plan/verdicts/plan-rows.ts';
import { RepeatJudge } from '../../plan/verdicts/repeats.ts';
import { resolveRows } from '../../plan/lookup/resolve-rows.ts';
import { writePlan } from '../../plan/file/write-plan.ts';
import { openReading } from '../org/connection.ts';
import type { AppContext } from '../context.ts';
import { readPorts } from '../org/failure-error.ts';
import { parentFields } from '../rerun/parent-runs.ts';
import { findRepeats, foldersOf } from '../runs/index/repeats.ts';
import { askOrg, type Asked, type Beginning } from './ask-org.ts';
import type { PlanInput, Who } from './plan-input.ts';
import { previewOf } from './plan-preview.ts';
import { excludedRows, rowsOf } from './select-rows.ts';
import { runName } from '../runs/run-name.ts';
import { VERSION } from '../version.ts';

export interface PlannedRun {
  readonly dir: string;
  /** The run's name in a command line. */
  readonly name: string;
  readonly run: RunFile;
}

const PROGRESS_EVERY = 500;

/**
 * Makes a plan: resolves the rows against live state, gives each a verdict, and writes run.json and plan.jsonl
 * (`ensureReports` writes its reports). The connection that it gets cannot write. If a plan fails, nothing of it is left on
 * disk. Rejects with INPUT_*, RUN_EXISTS, AUTH_*, ORG_UNREACHABLE, DISK.
 */
export async function planRun(input: PlanInput, context: AppContext): Promise<PlannedRun> {
  const { host, interrupt } = context;
  const over = new AbortController();
  const signal = AbortSignal.any([interrupt.drain, over.signal]);
  const createdMs = host.clock.nowMs();
  const runId = makeRunId(createdMs, host.random);
  const connection = openReading({ ...input, runId }, context);
  const beginning = { input, runId, createdMs, signal };
  try {
    const asked = await askOrg(beginning, connection.reader, context);
    const exclusion = await exclusionOf(input, context);
    const place = await makePlace(input.out, runId, context);
    try {
      return await planInto(place, beginning, asked, exclusion, context);
    } catch (error) {
      over.abort();
      await discardRunDirectory(place);
      throw error;
    }
  } finally {
    over.abort();
    await connection.close();
  }
}

async function exclusionOf({ who, policy }: PlanInput, context: AppContext): Promise<Exclusion> {
  if (who.kind === 'rows' || who.selection.excludeFiles.length === 0) return NOBODY_EXCLUDED;
  return readExclusion(excludedRows(who.selection, context), { lookup: policy.lookup });
}

async function makePlace(
  out: string | undefined,
  runId: string,
  { host }: AppContext,
): Promise<RunDirectory> {
  if (out !== undefined) return createRunDirectory(resolve(host.cwd, out));
  const reports = join(host.cwd, DEFAULTS.reportsDir);
  // If somebody cloned this folder with a wide umask, others could write to it. A folder that --out names is not ours to
  // change.
  await closeToWriters(reports);
  return createRunDirectory(join(reports, runId));
}

/** Judges the rows, and writes plan.jsonl and run.json. */
async function planInto(
  place: RunDirectory,
  beginning: Beginning,
  asked: Asked,
  exclusion: Exclusion,
  context: AppContext,
): Promise<PlannedRun> {
  const { input, runId, createdMs, signal } = beginning;
  const { org, spec, who } = input;
  const { cwd, clock } = context.host;
  const { orgId, principal } = asked.identity;
  const repeats = repeatsOf(place.dir, input, asked, context);
  // Awaited later, so that the first users are looked up in the meantime.
  repeats.catch(() => undefined);
  const tally = new PlanTally();
  const terms = { ...asked, exclusion, repeats, tally, action: spec.action, ...rangeOf(who) };
  const planned = planRows(resolved(beginning, asked, context), terms);
  const same = {
    format: NEW_RUN_FORMAT,
    runId,
    createdAt: new Date(createdMs).toISOString(),
    ...{ orgId, host: org.host, spec },
  };
  const { digest: planDigest } = await writePlan(place.path('plan'), same, planned, signal);
  const { rows, targets, columns } = tally;
  if (rows === 0) throw nothingSelected();
  const run: RunFile = {
    ...same,
    toolVersion: VERSION,
    serverTimeMs: asked.serverTimeMs,
    ...{ origin: org.origin, principal, policy: asked.policy },
    selection: who.kind === 'selection' ? who.selection.asTyped : who.asTyped,
    ...{ planDigest, rows, targets, columns },
    ...parentFields(who.kind === 'rows' ? who.parents : new Map(), place.dir),
    ...keptRecipients(input),
    preview: await previewOf(input, asked, tally, (await repeats).counts),
  };
  await writeRunFile(place.path('run'), run, clock.nowMs());
  return { dir: place.dir, name: runName(place.dir, cwd), run };
}

/** Finds which users other runs have already acted on. */
async function repeatsOf(
  dir: string,
  { org, who, spec, followsUp }: PlanInput,
  { identity, policy }: Asked,
  context: AppContext,
): Promise<RepeatJudge> {
  const { orgId } = identity;
  const folders = foldersOf(dir, who.kind === 'rows' ? who.dirs : [], context.host.cwd);
  const { host, origin } = org;
  const found = await findRepeats({ orgId, host, origin, spec, dir, folders }, context);
  const exempt = followsUp === undefined ? {} : { exempt: followsUp };
  return new RepeatJudge(found, { again: policy.again === true, ...exempt });
}

const rangeOf = (who: Who) =>
  who.kind === 'selection'
    ? { skip: who.selection.skip, limit: who.selection.limit }
    : { skip: 0, limit: undefined };

/** Returns the rows with their live users, as they are read. */
function resolved(
  { input: { who }, signal }: Beginning,
  { reader, policy }: Asked,
  context: AppContext,
) {
  async function* rows(): AsyncIterable<Row> {
    let done = 0;
    for await (const row of who.kind === 'rows'
      ? who.rows()
      : rowsOf(who.selection, reader, context)) {
      done += 1;
      if (done % PROGRESS_EVERY === 0) context.emit({ type: 'reading', what: 'lookup', done });
      yield row;
    }
  }
  return resolveRows(rows(), readPorts(reader), { lookup: policy.lookup }, signal);
}

function keptRecipients({ spec, secrets }: PlanInput): Pick<RunFile, 'recipients'> | undefined {
  if (!producesSecrets(spec) || secrets.recipients.length === 0) return undefined;
  return { recipients: [...new Set(secrets.recipients.map((recipient) => recipient.trim()))] };
}

function nothingSelected(): AppError {
  return new AppError('INPUT_NOTHING_SELECTED', 'The selection is empty: no row is left.', {
    hint: 'Check --where, --skip and the file or query. Nothing was sent.',
  });
}
