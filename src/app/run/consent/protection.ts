import type { GuardConfig } from '../../../config/guards.ts';
import { AppError } from '../../../domain/codes/app-error.ts';
import type { OrgReader } from '../../../domain/org/org.ts';
import type { Principal, RunFile } from '../../../domain/run/run-file.ts';
import {
  readProtectedUsers,
  unreadLists,
  type ProtectedUsers,
  type UnreadList,
} from '../../../plan/verdicts/protected-users.ts';
import type { AppContext } from '../../context.ts';
import { readPorts } from '../../org/failure-error.ts';
import { ensureReports } from '../../report/reports.ts';
import { keepConsent } from './consent-proof.ts';

/** What to do if a protecting list cannot be read and there is nobody to ask. */
const HINTS: Readonly<Record<UnreadList['list'], string>> = {
  admins:
    'Use a credential that can read role assignments (Super Administrator, or the scope okta.roles.read). Or run it in a terminal without --yes and --confirm: it asks there. To act on admins as well, make the plan again with --include-admins.',
  excluded:
    'Use a credential that can read these groups (okta.groups.read), or make the plan again and list their members in a file: --exclude FILE.',
  self: 'Use a credential that can read its own user (GET /api/v1/users/me). Or run it in a terminal without --yes and --confirm: it asks there.',
};

/** Reads which users the run must not act on, as of now. Rejects with AUTH_*, ORG_UNREACHABLE, ORG_ANSWER. */
export function readProtection(
  reader: OrgReader,
  principal: Principal,
  policy: RunFile['policy'],
  signal: AbortSignal,
): Promise<ProtectedUsers> {
  return readProtectedUsers(principal, policy, readPorts(reader), signal);
}

/** Refuses to act while a protecting list is incomplete. Throws PROTECTION_UNREAD (exit 5). */
function refuseUnread(unread: readonly UnreadList[]): never {
  throw new AppError(
    'PROTECTION_UNREAD',
    `${unread.map(({ text }) => text).join('. ')}. Nothing was sent.`,
    {
      hint: [...new Set(unread.map(({ list }) => HINTS[list]))].join(' '),
    },
  );
}

/** What a person is asked before a run acts. */
export interface AskedOf {
  readonly run: RunFile;
  /** The run was begun before, so a yes continues it. */
  readonly begun: boolean;
  /** How many users a yes applies to. */
  readonly users: number;
  /** How many users are asked about later, after these were read back: the rest after a canary, or the next wave. */
  readonly later: number;
  /** Protecting lists that could not be read completely. */
  readonly unread: readonly UnreadList[];
}

export interface ProtectionTerms extends Omit<AskedOf, 'unread'> {
  readonly dir: string;
  readonly guards: Pick<GuardConfig, 'confirm' | 'yes'>;
  readonly reader: OrgReader;
  readonly principal: Principal;
  /** Whether consent to the run was given, now or earlier, or must still be asked for. */
  readonly consent: 'given' | 'ask';
  /** Asks a person; undefined if there is nobody to ask. Rejects on a no. */
  readonly ask: ((asked: AskedOf) => Promise<void>) | undefined;
}

/**
 * Reads the protecting lists at the start of an invocation, and asks for consent that is still missing. If a list could not
 * be read completely, a person is asked about that, and if there is no person, the run is refused. After a question the
 * lists are read again, so that they are not older than the answer. The proof of the consent is stored. Rejects with
 * PROTECTION_UNREAD, or like `readProtection` and `ask`.
 */
export async function requireProtection(
  { dir, run, guards, begun, consent, users, later, principal, reader, ask }: ProtectionTerms,
  context: AppContext,
): Promise<ProtectedUsers> {
  const { drain } = context.interrupt;
  const read = () => readProtection(reader, principal, run.policy, drain);
  const first = await read();
  const unread = unreadLists(first, run.policy);
  if (unread.length === 0 && consent === 'given') {
    await keepConsent(run, context);
    return first;
  }
  // The wave was sent completely. It is read back, and the next question comes before anything else is sent.
  if (unread.length === 0 && users === 0) return first;
  const byFlag = guards.confirm !== undefined || guards.yes;
  if (unread.length > 0 && (byFlag || ask === undefined)) refuseUnread(unread);
  // The person can check the reports before answering, and a begun run already has them.
  if (consent === 'ask' && !begun) await ensureReports(dir, run, undefined, context, drain);
  await ask?.({ run, begun, users, later, unread });
  const again = await read();
  const asked = new Set(unread.map(({ list }) => list));
  const more = unreadLists(again, run.policy).filter(({ list }) => !asked.has(list));
  if (more.length > 0) refuseUnread(more);
  // Consent to the first wave is not consent to the rest.
  if (later === 0) await keepConsent(run, context);
  return again;
}
