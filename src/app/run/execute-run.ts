import { FRESHNESS, patienceFor } from '../../config/defaults.ts';
import type { GuardConfig } from '../../config/guards.ts';
import type { PaceConfig } from '../../config/pace.ts';
import type { OrgConfig } from '../../config/org.ts';
import type { SecretsPlace } from '../../config/output.ts';
import { stepsOf } from '../../domain/plan/action.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import type { RunFile } from '../../domain/run/run-file.ts';
import type { StopReason } from '../../domain/run/stop.ts';
import { runEngine } from '../../engine/run/run-engine.ts';
import { replayJournal, type Replay } from '../../journal/replay.ts';
import { openRunDirectory, type RunDirectory } from '../../journal/run-directory.ts';
import { readRunFile } from '../../journal/run-file.ts';
import { checkSameRun, readAgreedPlan } from '../../plan/file/binding.ts';
import { checkOrg } from '../../plan/guards.ts';
import { judgeLive } from '../../plan/verdicts/live-judge.ts';
import type { ReadPlan } from '../../plan/file/read-plan.ts';
import { openWriting } from '../org/connection.ts';
import type { AppContext } from '../context.ts';
import type { CommandLines } from '../../domain/run/next-commands.ts';
import { identify } from '../org/org-identity.ts';
import { goingOnWith, leftAtOnce } from './unsettled-run.ts';
import { openRunLog } from '../logger.ts';
import { runName } from '../runs/run-name.ts';
import { handedOver, holdParents, type HeldParents } from '../rerun/parent-runs.ts';
import { pauseNotes } from '../org/pause-notes.ts';
import { redactorOf } from '../redaction.ts';
import { ensureReports, recordsOf, reportAnew } from '../report/reports.ts';
import { checkNamed, checkRunConsent, firstOf, goOnPort, type AskToGoOn } from './run-consent.ts';
import { canaryInspection } from './canary-links.ts';
import { requireProtection, type AskedOf } from './protection.ts';
import { replayRun } from './replay-run.ts';
import { settle, type ExecutedRun } from './settle.ts';
import { takeRunLock } from './run-lock.ts';
import { openIndexedJournal } from '../runs/index/indexed-journal.ts';
import { refuseOrgInUse, takeOrgLock, type OrgLock } from '../runs/org-lock.ts';
import { repeatsSincePlan } from '../runs/index/repeats.ts';
import { spareDone } from '../runs/index/spare-done.ts';
import { openSecretSink, protectionOf, recipientsToKeep } from '../secrets/secret-sink.ts';
import { VERSION } from '../version.ts';
import { expiredPlan } from '../runs/plan-age.ts';
import { withinHours } from './within-hours.ts';

export interface ExecuteInput {
  readonly dir: string;
  readonly org: OrgConfig;
  readonly pace: PaceConfig;
  readonly guards: GuardConfig;
  /** The run as it was shown to whoever says yes: only that is executed. Undefined where nothing was shown yet. */
  readonly agreed: RunFile | undefined;
  /** Where secrets go; `kept` are the recipients that the run keeps. Throws USAGE, SECRETS_NO_PLACE. */
  readonly secrets: (run: RunFile, kept: readonly string[]) => SecretsPlace;
  /** Asks a person, where there is one; undefined where nobody can be asked. Rejects on a no. */
  readonly ask: ((asked: AskedOf) => Promise<void>) | undefined;
  readonly askToGoOn: AskToGoOn | undefined;
  readonly continuation: CommandLines;
}

/** Rows made ready per connection: while one call is at Okta, the disk is done with the next two. */
const READY_PER_CONNECTION = 2;

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
  if (input.agreed !== undefined) checkSameRun(input.agreed, run);
  const plan = await readAgreedPlan(run, path('plan'));
  const lock = await takeRunLock(place, context, guards.forceUnlock).catch((error: unknown) => {
    throw goingOnWith(input.continuation.resume(runName(dir, context.host.cwd), 'unbegun'), error);
  });
  try {
    return await executeLocked(input, run, plan, place, context);
  } finally {
    await lock.release();
  }
}

async function executeLocked(
  input: ExecuteInput,
  run: RunFile,
  plan: ReadPlan,
  place: RunDirectory,
  context: AppContext,
): Promise<ExecutedRun> {
  const { dir, guards, pace } = input;
  const { host, interrupt } = context;
  const { path } = place;
  const goOn = (unbegun?: 'unbegun') => input.continuation.resume(runName(dir, host.cwd), unbegun);
  let replay: Replay | undefined;
  let parents: HeldParents | undefined;
  let orgLock: OrgLock | undefined;
  let begun = false;
  let kept = false;
  let settling = false;
  try {
    replay = await replayRun(place, run, context);
    replay.head();
    checkOrg(run, { orgId: '', host: input.org.host });
    if (replay.endedCount >= run.targets && replay.open.size === 0) {
      checkNamed(run, replay, guards);
      const endedBefore = replay.lastAt;
      settling = true;
      return { ...(await settle(input, { run, plan, replay }, context)), endedBefore };
    }
    if (replay.handedOver !== undefined)
      throw handedOver(dir, replay.handedOver, run.targets - replay.endedCount, host.cwd);
    // Kept with the run until it was verified, unless a flag says otherwise.
    const canary = guards.canary ?? replay.canary;
    if (replay.records === 0)
      parents = await holdParents({ dir, run, force: guards.forceUnlock }, context);
    const keptRecipients = replay.recipients ?? run.recipients ?? [];
    const secretsPlace = input.secrets(run, keptRecipients);
    await refuseOrgInUse(run, dir, guards.forceUnlock, context);
    const protection = await protectionOf(secretsPlace);
    if (secretsPlace.kind === 'sealed' && replay.records > 0) {
      context.emit({
        type: 'message',
        level: 'info',
        text: `Secrets are sealed to ${secretsPlace.recipients.join(', ')}.`,
      });
    }
    const consent = await checkRunConsent(input, run, replay, context);

    const log = openRunLog(path('log'), {
      verbose: context.verbose,
      redact: redactorOf(input.org.credentials),
      emit: context.emit,
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
      const { reader } = connection;
      const orgMs = reader.serverNowMs() ?? host.clock.nowMs();
      const expired = expiredPlan(run, replay, orgMs, guards.planMaxAgeMs);
      const first = firstOf(run, replay, consent === 'ask' ? canary : undefined);
      const protecting = {
        dir,
        run,
        guards,
        consent,
        ...first,
        begun: replay.opened.length > 0,
        principal: identity.principal,
        reader,
      };
      const protectedUsers = await requireProtection({ ...protecting, ask: input.ask }, context);
      orgLock = await takeOrgLock(run, dir, guards.forceUnlock, context);
      const repeats = await repeatsSincePlan(run, dir, context);
      const sink = await openSecretSink(protection, {
        path: path('secrets'),
        runId: run.runId,
      });
      const journal = await openIndexedJournal(place, run.runId, replay);
      context.emit({
        type: 'run-started',
        runId: run.runId,
        dir,
        total: run.targets,
        resumedFrom: replay.endedCount,
        earlier: { ...replay.counts },
        limitPerWindow: run.preview.estimate.limitPerWindow,
        windowMs: run.preview.estimate.windowMs,
        callsPerRow: stepsOf(run.spec).length,
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
          ...(canary === undefined ? {} : { canary }),
          ...(first.later > 0 ? { canaryOnly: true } : {}),
          ...recipientsToKeep(secretsPlace, keptRecipients),
        });
        begun = true;
        pauses.keepIn(journal);
        const { ended } = replay;
        const state = replay;
        const skipping = { journal, state, nowMs: host.clock.nowMs, emit: context.emit };
        const terms = { action: run.spec.action, policy: run.policy, protectedUsers };
        const allowed = (signal: AbortSignal) => {
          const planned = plan.targets(ended);
          return expired === undefined
            ? spareDone(planned, repeats, { ...skipping, signal })
            : planned;
        };
        const end = await runEngine(
          allowed,
          {
            spec: run.spec,
            concurrency: pace.concurrency,
            ready: READY_PER_CONNECTION * pace.concurrency,
            maxRetries: pace.maxRetries,
            canary: canary ?? 0,
            maxFailures: guards.maxFailures,
            maxDurationMs: pace.maxDurationMs,
            timeoutMs: pace.timeoutMs,
            patience: patienceFor(pace.timeoutMs),
            freshness: FRESHNESS,
            settleOnly: expired,
          },
          {
            writer: withinHours(connection.writer, pace.between, context),
            journal,
            secrets: sink,
            state: replay,
            judge: {
              lookup: run.policy.lookup,
              skipReason: (target, user, ownDoing) => judgeLive(target, user, ownDoing, terms),
            },
            clock: host.clock,
            random: host.random,
            emit: context.emit,
            ...canaryInspection(
              { ...protecting, users: first.users + first.later, waitMs: guards.canaryWaitMs },
              context,
            ),
            caughtUp: context.caughtUp,
            drain: interrupt.drain,
            signal: interrupt.leave,
            traffic: connection.traffic,
            ...(first.later > 0 ? goOnPort(input.askToGoOn, run, first.later, context) : {}),
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
      await log.close();
    }
    if (interrupt.leave.aborted) throw leftAtOnce(goOn(), interrupt.leave.reason);
    await replay.close();
    // What a disk that failed has kept is for a new replay to find out.
    replay = (kept ? replay.now() : undefined) ?? (await replayJournal(path('journal'), run));
    settling = true;
    return await settle(input, { run, plan, replay }, context, stop);
  } catch (error) {
    if (!begun && replay !== undefined && replay.chain !== 'broken') {
      const records = replay.records > 0 ? recordsOf(replay) : undefined;
      // What stopped the run is the news; a report that cannot be written either is not.
      const silent = { ...context, emit: () => undefined };
      await ensureReports(dir, run, records, silent).catch(() => undefined);
    }
    // A bug ended it: what was done before is in the journal, and so in the reports.
    if (begun && !(error instanceof AppError))
      await reportAnew(place, run, context).catch(() => undefined);
    if (settling) throw error;
    throw goingOnWith(goOn(begun || (replay?.records ?? 0) > 0 ? undefined : 'unbegun'), error);
  } finally {
    await parents?.release();
    await orgLock?.release();
    await replay?.close();
  }
}
