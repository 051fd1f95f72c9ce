import { AppError } from '../../domain/codes/app-error.ts';
import { replayJournal } from '../../journal/replay.ts';
import { checkSameRun, readAgreedPlan } from '../../plan/file/binding.ts';
import { checkOrg } from '../../plan/guards.ts';
import type { AppContext } from '../context.ts';
import { goingOnWith, leftAtOnce } from './unsettled-run.ts';
import { findRun } from '../runs/open-run.ts';
import { runName } from '../runs/run-name.ts';
import { ensureReports, recordsOf, reportFromDisk } from '../report/reports.ts';
import { checkNamed } from './consent/run-consent.ts';
import { begin } from './begin.ts';
import { Held } from './held.ts';
import { openHooks } from './hooks.ts';
import { prepare } from './prepare.ts';
import { replayRun } from './replay-run.ts';
import type { ExecuteInput, RunAtWork } from './run-at-work.ts';
import { send, type Sent } from './sending/send.ts';
import { settle, type ExecutedRun } from './settle.ts';
import { takeOverOf, takeRunLock } from './run-lock.ts';

/**
 * Executes a saved plan, or continues a begun run. Nothing is sent before the plan's digest, its age, the org's identity and
 * the consent are checked. A second process is refused. After an abort of `drain`, calls in flight are settled and the
 * reports are written; after `leave`, the journal is valid and the reports are unchanged. Rejects with RUN_*, PLAN_*,
 * CONFIRM_*, MAX_USERS_EXCEEDED, AUTH_*, ORG_UNREACHABLE, SECRETS_*, DISK.
 */
export async function executeRun(input: ExecuteInput, context: AppContext): Promise<ExecutedRun> {
  const { drain } = context.interrupt;
  const { place, run } = await findRun(input.dir);
  if (input.agreed !== undefined) checkSameRun(input.agreed, run);
  const plan = await readAgreedPlan(run, place.path('plan'), drain);
  const unbegun = (error: unknown) => Promise.reject(goingOn(input, error, context, 'unbegun'));
  await using held = new Held();
  const lock = await takeRunLock(place, context, takeOverOf(input)).catch(unbegun);
  held.add(() => lock.release());
  const replay = await replayRun(place, run, context, drain).catch(unbegun);
  held.add(() => replay.close());
  const work: RunAtWork = { input, place, run, plan, replay };
  const ended = endedBefore(work);
  if (ended instanceof AppError) return await notBegun(work, ended, context);
  if (ended !== undefined)
    return { ...(await settle(input, work, context)), endedBefore: ended.at };
  const hooks = openHooks(work, context);
  try {
    return await actAndSettle(work, held, { ...context, emit: hooks.listen(context.emit) });
  } catch (error) {
    hooks.broke(error);
    throw error;
  } finally {
    await hooks.close();
  }
}

/** Acts, and writes the reports. Rejects like `executeRun`. */
async function actAndSettle(
  work: RunAtWork,
  held: Held,
  context: AppContext,
): Promise<ExecutedRun> {
  const { input, place, run, plan, replay } = work;
  const sent = await act(work, held, context);
  const { leave } = context.interrupt;
  if (leave.aborted) throw leftAtOnce(resumeLine(input, context), leave.reason);
  await replay.close();
  // A new replay shows what a failed disk has stored.
  const now =
    (sent.kept ? replay.now() : undefined) ??
    (await replayJournal(place.path('journal'), run).catch((error: unknown) =>
      brokenOff(work, error, context),
    ));
  held.add(() => now.close());
  return await settle(input, { run, plan, replay: now }, context, sent.stop);
}

/** Says when a run ended that has nothing left to do, or why it cannot be executed; undefined if it can. */
function endedBefore({ input, run, replay }: RunAtWork) {
  try {
    replay.head();
    checkOrg(run, { orgId: '', host: input.org.host });
    if (replay.endedCount < run.targets || replay.open.size > 0) return undefined;
    checkNamed(run, replay, input.guards);
    return { at: replay.lastAt };
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** Prepares, begins and sends. When it resolves, everything that only the sending needs is released. */
async function act(work: RunAtWork, held: Held, context: AppContext): Promise<Sent> {
  await using line = new Held();
  const failed = (error: unknown) => notBegun(work, error, context);
  const prepared = await prepare(work, { held, line }, context).catch(failed);
  const begun = await begin(work, prepared, context).catch(failed);
  return await send(work, prepared, begun, context).catch((error: unknown) =>
    brokenOff(work, error, context),
  );
}

function resumeLine(
  { dir, continuation }: ExecuteInput,
  { host }: AppContext,
  unbegun?: 'unbegun',
) {
  return continuation.resume(runName(dir, host.cwd), unbegun);
}

function goingOn(input: ExecuteInput, error: unknown, context: AppContext, unbegun?: 'unbegun') {
  const named = goingOnWith(resumeLine(input, context, unbegun), error);
  return named instanceof Error ? named : new Error('Something other than an error was thrown.');
}

/** Ends an invocation that sent nothing. */
async function notBegun(work: RunAtWork, error: unknown, context: AppContext): Promise<never> {
  const { input, run, replay } = work;
  const isNew = replay.records === 0;
  // A person who leaves at once does not wait for a report.
  if (replay.chain !== 'broken' && !context.interrupt.drain.aborted) {
    // What stopped the run matters most, so a report that cannot be written either is not mentioned.
    const silent = { ...context, emit: () => undefined };
    const records = isNew ? undefined : recordsOf(replay);
    await ensureReports(input.dir, run, records, silent).catch(() => undefined);
  }
  throw goingOn(input, error, context, isNew ? 'unbegun' : undefined);
}

/** Ends an invocation that might have sent something. */
async function brokenOff(work: RunAtWork, error: unknown, context: AppContext): Promise<never> {
  // A bug ended it. What was done before is in the journal, and so it is in the reports.
  if (!(error instanceof AppError))
    await reportFromDisk(work.place, work.run, context).catch(() => undefined);
  throw goingOn(work.input, error, context);
}
