import type { GuardConfig, PaceConfig } from '../config/pace.ts';
import type { OrgConfig } from '../config/org.ts';
import type { SecretsPlace } from '../config/output.ts';
import { stepsOf } from '../domain/action.ts';
import { AppError } from '../domain/app-error.ts';
import { EXIT, exitCodeOfRun, type ExitCode } from '../domain/exit-code.ts';
import type { RunFile } from '../domain/run-file.ts';
import type { StopReason } from '../domain/stop.ts';
import type { Summary } from '../domain/summary.ts';
import { runEngine } from '../engine/run-engine.ts';
import { openAppendFile } from '../journal/append-file.ts';
import { openJournal } from '../journal/journal.ts';
import { replayJournal, type Replay } from '../journal/replay.ts';
import { openRunDirectory, type RunDirectory } from '../journal/run-directory.ts';
import { readRunFile } from '../journal/run-file.ts';
import { checkPlanFile } from '../plan/binding.ts';
import { checkOrg, checkPlanAge, checkConsent } from '../plan/guards.ts';
import { readPlan } from '../plan/read-plan.ts';
import { openWriting } from './connection.ts';
import type { AppContext } from './context.ts';
import { identify } from './org-identity.ts';
import { StopRequest } from './interrupt.ts';
import { openRunLog } from './logger.ts';
import { runName } from './run-name.ts';
import { handedOver, holdParents, type HeldParents } from './parent-runs.ts';
import { pauseNotes } from './pause-notes.ts';
import { recheck, RECHECK_AFTER_MS, spareSelf } from './recheck.ts';
import { redactorOf } from './redaction.ts';
import { ensureReports, rebuildReports, recordsOf } from './reports.ts';
import { withRunLock } from './run-lock.ts';
import { openSecretSink, protectionOf } from './secret-sink.ts';
import { VERSION } from './version.ts';
import { withinHours } from './within-hours.ts';

export interface ExecuteInput {
  readonly dir: string;
  readonly org: OrgConfig;
  readonly pace: PaceConfig;
  readonly guards: GuardConfig;
  readonly secrets: (run: RunFile) => SecretsPlace;
  /** Asks a person, where there is one; undefined where nobody can be asked. Rejects on a no. */
  readonly ask: ((targets: number, host: string, run: RunFile) => Promise<void>) | undefined;
}

export interface ExecutedRun {
  readonly dir: string;
  /** What a command line calls the run. */
  readonly name: string;
  readonly run: RunFile;
  readonly summary: Summary;
  readonly exitCode: ExitCode;
}

/** Rows made ready per connection: while one call is at Okta, the disk is done with the next two. */
const READY_PER_CONNECTION = 2;

/** When the plan was last known to be true: when it was made, or when the run last went on from it. */
function planTimeMs(run: RunFile, replay: Replay): number {
  return Math.max(Date.parse(run.createdAt), Date.parse(replay.lastAt ?? run.createdAt));
}

/**
 * Executes a saved plan, or goes on with one that was begun. Nothing is sent before the plan's digest, its age, the
 * org's identity and the consent hold; a second process is refused. After an abort of `drain` what is in flight is
 * settled and the reports are written; after `leave` the journal is valid and the reports are as they were.
 * Rejects with RUN_*, PLAN_*, CONFIRM_*, MAX_USERS_EXCEEDED, AUTH_*, ORG_UNREACHABLE, SECRETS_*, DISK.
 */
export async function executeRun(input: ExecuteInput, context: AppContext): Promise<ExecutedRun> {
  const { dir, guards } = input;
  const place = await openRunDirectory(dir);
  const { path } = place;
  const run = await readRunFile(path('run'));
  await checkPlanFile(run, path('plan'));
  return withRunLock(
    place,
    context,
    () => executeLocked(input, run, place, context),
    guards.forceUnlock,
  );
}

async function executeLocked(
  input: ExecuteInput,
  run: RunFile,
  place: RunDirectory,
  context: AppContext,
): Promise<ExecutedRun> {
  const { dir, guards, pace } = input;
  const { host, interrupt } = context;
  const { path } = place;
  let replay: Replay | undefined;
  let parents: HeldParents | undefined;
  let begun = false;
  let kept = false;
  try {
    replay = await replayJournal(path('journal'), run);
    replay.head();
    if (replay.endedCount >= run.targets && replay.open.size === 0)
      return await settle(dir, run, replay, context);
    if (replay.handedOver !== undefined)
      throw handedOver(dir, replay.handedOver, run.targets - replay.endedCount, host.cwd);
    checkOrg(run, { orgId: '', host: input.org.host });
    checkPlanAge(planTimeMs(run, replay), host.clock.nowMs(), guards.planMaxAgeMs);
    if (replay.records === 0)
      parents = await holdParents({ dir, run, force: guards.forceUnlock }, context);
    const protection = await protectionOf(input.secrets(run));
    await requireConsent(input, run, replay, context);

    const log = openRunLog(path('log'), {
      verbose: context.verbose,
      redact: redactorOf(input.org.credentials),
    });
    const pauses = pauseNotes(host.clock);
    const connection = openWriting(
      { org: input.org, pace, runId: run.runId, log },
      { ...context, emit: pauses.listen(context.emit) },
    );
    let stop: StopReason | undefined;
    try {
      const identity = await identify(connection.reader, input.org.credentials, interrupt.leave);
      checkOrg(run, { orgId: identity.orgId, host: input.org.host });
      const sink = await openSecretSink(protection, path('secrets'));
      const journal = await openJournal({
        file: await openAppendFile(path('journal')),
        head: replay.head(),
        path: path('journal'),
        onDurable: replay.take,
      });
      context.emit({
        type: 'run-started',
        runId: run.runId,
        dir,
        total: run.targets,
        resumedFrom: replay.endedCount,
        earlier: { ...replay.counts },
        limitPerWindow: run.preview.estimate.limitPerWindow,
      });
      log.info(
        { runId: run.runId, host: run.host, targets: run.targets, done: replay.endedCount },
        'run started',
      );
      try {
        await parents?.handOver();
        await journal.append({
          kind: 'opened',
          at: new Date(host.clock.nowMs()).toISOString(),
          runId: run.runId,
          planDigest: run.planDigest,
          toolVersion: VERSION,
          pid: host.pid,
          hostname: host.hostname,
        });
        begun = true;
        connection.expect(stepsOf(run.spec).length * (run.targets - replay.endedCount));
        pauses.keepIn(journal);
        const plan = await readPlan(path('plan'));
        const old = host.clock.nowMs() - Date.parse(run.createdAt) > RECHECK_AFTER_MS;
        const rechecking = {
          reader: connection.reader,
          journal,
          state: replay,
          nowMs: host.clock.nowMs,
          emit: context.emit,
        };
        const allowed = (stopping: AbortSignal) => {
          const ports = { ...rechecking, signal: stopping };
          const targets = plan.targets(rechecking.state.ended);
          return old && run.policy.lookup
            ? recheck(targets, run, identity.principal, ports)
            : spareSelf(targets, identity.principal, ports);
        };
        const end = await runEngine(
          allowed,
          {
            spec: run.spec,
            concurrency: pace.concurrency,
            ready: READY_PER_CONNECTION * pace.concurrency,
            maxRetries: pace.maxRetries,
            canary: guards.canary,
            maxFailures: guards.maxFailures,
            maxDurationMs: pace.maxDurationMs,
            timeoutMs: pace.timeoutMs,
          },
          {
            writer: withinHours(connection.writer, pace.between, context),
            journal,
            secrets: sink,
            state: replay,
            clock: host.clock,
            random: host.random,
            emit: context.emit,
            caughtUp: context.caughtUp,
            drain: interrupt.drain,
            signal: interrupt.leave,
            traffic: connection.traffic,
          },
        );
        stop = end.stop;
        log.info({ stop: stop?.kind, ...end.counts }, 'run ended');
      } finally {
        // A dead disk rejects here as well; the engine has already said so.
        kept = await journal.close().then(
          () => true,
          () => false,
        );
        await sink?.close().catch(() => undefined);
      }
    } finally {
      await connection.close();
      log.close();
    }
    if (interrupt.leave.aborted) throw left(runName(dir, host.cwd), interrupt.leave.reason);
    await replay.close();
    // What a disk that failed has kept is for a new replay to find out.
    replay = (kept ? replay.now() : undefined) ?? (await replayJournal(path('journal'), run));
    return await settle(dir, run, replay, context, stop);
  } catch (error) {
    if (!begun && replay !== undefined) {
      const records = replay.records > 0 ? recordsOf(replay) : undefined;
      // What stopped the run is the news; a report that cannot be written either is not.
      await ensureReports(dir, run, records, context).catch(() => undefined);
    }
    throw error;
  } finally {
    await parents?.release();
    await replay?.close();
  }
}

/** Consent was given when the run was begun; only a first start needs it, or one that names it again. */
async function requireConsent(
  input: ExecuteInput,
  run: RunFile,
  replay: Replay,
  context: AppContext,
): Promise<void> {
  const { guards } = input;
  const begun = replay.opened.length > 0;
  const named = guards.confirm !== undefined || guards.yes;
  if (begun && !named) return;
  const remaining = run.targets - replay.endedCount;
  const decision = checkConsent({
    targets: run.targets,
    remaining,
    host: run.host,
    confirm: guards.confirm,
    yes: guards.yes,
    maxUsers: guards.maxUsers,
    interactive: input.ask !== undefined,
  });
  if (decision !== 'ask') return;
  // The answer may be looked up in them.
  await ensureReports(input.dir, run, undefined, context);
  await input.ask?.(run.targets, run.host, run);
}

function left(name: string, reason: unknown): AppError {
  const signal = reason instanceof StopRequest ? reason.signal : 'SIGINT';
  return new AppError('INTERRUPTED', 'Left at once. The journal holds everything that was done.', {
    hint: `okta-reset resume ${name} settles what was in flight and goes on.`,
    exitCode: signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm,
  });
}

/** A disk that keeps no journal keeps no report either; how to go on must be said all the same. */
function stoppedUnreported(name: string, stop: StopReason, error: unknown): unknown {
  if (!(error instanceof AppError && error.code === 'DISK')) return error;
  const why = stop.kind === 'disk' ? stop.detail : 'its report cannot be written.';
  return new AppError('DISK', `The run stopped: ${why}`, {
    hint: `Nothing more was sent, and the journal holds everything that was done. Make room, then: okta-reset resume ${name}`,
    exitCode: exitCodeOfRun({ stop, failedOrUnknown: 0, notAttempted: 1 }),
    cause: error,
  });
}

async function settle(
  dir: string,
  run: RunFile,
  replay: Replay,
  context: AppContext,
  stop = replay.stop,
): Promise<ExecutedRun> {
  const name = runName(dir, context.host.cwd);
  // A disk that fails takes down no word of it.
  const records = { ...recordsOf(replay), stop: replay.stop ?? stop };
  const summary = await rebuildReports(dir, run, records, context).catch((error: unknown) => {
    throw stop === undefined ? error : stoppedUnreported(name, stop, error);
  });
  const { counts } = summary;
  const exitCode = exitCodeOfRun({
    stop: counts['not-attempted'] === 0 && stop?.kind === 'signal' ? undefined : stop,
    failedOrUnknown: counts.failed + counts.unknown,
    notAttempted: counts['not-attempted'],
  });
  context.emit({ type: 'run-ended', runId: run.runId, counts, stop });
  return { dir, name, run, summary, exitCode };
}
