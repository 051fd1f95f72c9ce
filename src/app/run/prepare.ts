import type { SecretsPlace } from '../../config/output.ts';
import type { StopReason } from '../../domain/run/stop.ts';
import { checkOrg } from '../../plan/guards.ts';
import type { ProtectedUsers } from '../../plan/verdicts/protected-users.ts';
import type { Protection } from '../../secrets/sealed-file.ts';
import type { AppContext } from '../context.ts';
import { openRunLog } from '../logger.ts';
import type { RunLog } from './run-log.ts';
import { openWriting, type Writing } from '../org/connection.ts';
import { identify } from '../org/org-identity.ts';
import { pauseNotes } from '../org/pause-notes.ts';
import { redactorOf } from '../redaction.ts';
import { handedOver, holdParents, type HeldParents } from '../rerun/parent-runs.ts';
import { repeatsSincePlan } from '../runs/index/repeats.ts';
import { refuseOrgInUse, takeOrgLock } from '../runs/org-lock.ts';
import { expiredPlan } from '../runs/plan-age.ts';
import { protectionOf } from '../secrets/secret-sink.ts';
import type { RunAtWork } from './run-at-work.ts';
import type { Held } from './held.ts';
import { takeOverOf } from './run-lock.ts';
import { requireProtection, type ProtectionTerms } from './consent/protection.ts';
import { checkRunConsent, firstOf } from './consent/run-consent.ts';

/** What was agreed to and can be checked without the org. */
interface Admitted {
  /** How many rows each wave has: by a flag, else as the run recorded it; undefined if neither says. */
  readonly waves: readonly number[] | undefined;
  readonly parents: HeldParents | undefined;
  readonly secretsPlace: SecretsPlace;
  readonly keptRecipients: readonly string[];
  readonly protection: Protection | undefined;
  readonly consent: 'given' | 'ask';
}

/** Everything that a run needs before its first record. */
export interface Prepared extends Omit<Admitted, 'consent'> {
  readonly log: RunLog;
  readonly connection: Writing;
  readonly pauses: ReturnType<typeof pauseNotes>;
  readonly protecting: Omit<ProtectionTerms, 'ask'>;
  readonly protectedUsers: ProtectedUsers;
  readonly repeats: Awaited<ReturnType<typeof repeatsSincePlan>>;
  /** Set if the plan is too old to continue: only open attempts are settled. */
  readonly expired: StopReason | undefined;
}

async function admit(work: RunAtWork, held: Held, context: AppContext): Promise<Admitted> {
  const { input, run, replay } = work;
  const { dir, guards } = input;
  const takeOver = takeOverOf(input);
  if (replay.handedOver !== undefined)
    throw handedOver(dir, replay.handedOver, run.targets - replay.endedCount, context.host.cwd);
  const isNew = replay.records === 0;
  const parents = isNew ? await holdParents({ dir, run, takeOver }, context) : undefined;
  if (parents !== undefined) held.add(() => parents.release());
  const keptRecipients = replay.recipients ?? run.recipients ?? [];
  const secretsPlace = input.secrets(run, keptRecipients);
  await refuseOrgInUse(run, dir, takeOver, context);
  const protection = await protectionOf(secretsPlace);
  if (secretsPlace.kind === 'sealed' && !isNew) {
    const text = `Secrets are encrypted to ${secretsPlace.recipients.join(', ')}.`;
    context.emit({ type: 'message', level: 'info', text });
  }
  const consent = await checkRunConsent(input, run, replay, context);
  const waves = guards.canary ?? replay.waves;
  return { waves, parents, secretsPlace, keptRecipients, protection, consent };
}

/**
 * Checks everything that must be true before a run acts, and takes what it needs: `held` for the whole run, `line` while it
 * sends. Sends no write. Rejects with RUN_*, PLAN_*, CONFIRM_*, AUTH_*, ORG_*, PROTECTION_UNREAD, SECRETS_*.
 */
export async function prepare(
  work: RunAtWork,
  { held, line }: { readonly held: Held; readonly line: Held },
  context: AppContext,
): Promise<Prepared> {
  const { input, place, run, replay } = work;
  const { dir, org, pace, guards } = input;
  const { host, interrupt } = context;
  const { consent, ...admitted } = await admit(work, held, context);
  const log = openRunLog(place.path('log'), {
    verbose: context.verbose,
    redact: redactorOf(org.credentials),
    emit: context.emit,
  });
  line.add(() => log.close());
  const pauses = pauseNotes(host.clock);
  const connection = openWriting(
    { org, pace, runId: run.runId, log },
    { ...context, emit: pauses.listen(context.emit) },
  );
  line.add(() => connection.close());
  const { reader } = connection;
  const { orgId, principal } = await identify(reader, org.credentials, interrupt.drain);
  checkOrg(run, { orgId, host: org.host });
  const orgMs = reader.serverNowMs() ?? host.clock.nowMs();
  const expired = expiredPlan(run, replay, orgMs, guards.planMaxAgeMs);
  const first = firstOf(run, replay, consent === 'ask' ? admitted.waves : undefined);
  const begun = replay.opened.length > 0;
  const protecting = { dir, run, guards, consent, ...first, begun, principal, reader };
  const protectedUsers = await requireProtection({ ...protecting, ask: input.ask }, context);
  const orgLock = await takeOrgLock(run, dir, takeOverOf(input), context);
  held.add(() => orgLock.release());
  const repeats = await repeatsSincePlan(run, dir, context);
  return { ...admitted, log, connection, pauses, protecting, protectedUsers, repeats, expired };
}
