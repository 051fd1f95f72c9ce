import { usage } from '../../domain/codes/app-error.ts';
import type { OrgReader } from '../../domain/org/org.ts';
import type { PolicyOptions } from '../../domain/run/run-file.ts';
import { utc } from '../../domain/utc.ts';
import { countReads, type CountingReader } from '../../plan/lookup/counting-reader.ts';
import type { ProtectedUsers } from '../../plan/verdicts/protected-users.ts';
import type { AppContext } from '../context.ts';
import { identify, type OrgIdentity } from '../org/org-identity.ts';
import { readProtection } from '../run/consent/protection.ts';
import type { PlanInput } from './plan-input.ts';
import { excludedGroupsOf } from './select-rows.ts';

/** What is known before the first row of a plan: which org it is, and the time. */
export interface Beginning {
  readonly input: PlanInput;
  readonly runId: string;
  readonly createdMs: number;
  /** Aborts when the plan is made or abandoned. */
  readonly signal: AbortSignal;
}

/** What the org has answered, or is being asked while the first users are looked up. */
export interface Asked extends CountingReader {
  readonly identity: OrgIdentity;
  /** Okta's clock when planning began. */
  readonly serverTimeMs: number | undefined;
  /** Includes the ids of the excluded groups. */
  readonly policy: PolicyOptions;
  readonly protectedUsers: Promise<ProtectedUsers>;
  readonly lifetime: ReturnType<OrgReader['linkLifetime']> | undefined;
}

/** Identifies the org, and starts the requests that the verdicts and the preview need. */
export async function askOrg(
  { input, createdMs, signal }: Beginning,
  plainReader: OrgReader,
  context: AppContext,
): Promise<Asked> {
  const identity = await identify(plainReader, input.org.credentials, signal);
  const { reader, reads } = countReads(plainReader);
  const serverNowMs = reader.serverNowMs();
  refuseFuture(input.policy.sinceMs, serverNowMs ?? context.host.clock.nowMs());
  const sinceMs = context.host.clock.nowMs() - createdMs;
  const policy = await withExcludedGroups(input, reader, context);
  const protectedUsers = readProtection(reader, identity.principal, policy, signal);
  const mailsLink = input.spec.action === 'reset-password';
  const lifetime = mailsLink ? reader.linkLifetime(signal) : undefined;
  // They are awaited later, so that the first users are looked up in the meantime.
  for (const read of [protectedUsers, lifetime]) read?.catch(() => undefined);
  const serverTimeMs = serverNowMs === undefined ? undefined : serverNowMs - sinceMs;
  return { identity, reader, reads, serverTimeMs, policy, protectedUsers, lifetime };
}

const inWords = (ms: number) => utc(new Date(ms).toISOString());

/** A clock that is wrong, and a date in another time zone, are no more than a day from Okta's time. */
const SINCE_SLACK_MS = 24 * 60 * 60 * 1000;

/** Nobody has changed their password since then, so it would skip nobody. */
function refuseFuture(sinceMs: number | undefined, nowMs: number): void {
  if (sinceMs === undefined || sinceMs <= nowMs + SINCE_SLACK_MS) return;
  throw usage(
    `--since ${inWords(sinceMs)} is in the future.`,
    `In Okta it is ${inWords(nowMs)}. --since skips users who have changed their password since then: give the time of the breach.`,
  );
}

/** Returns the policy with the ids of the groups that the selection excludes, in addition to those of an earlier run. */
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
