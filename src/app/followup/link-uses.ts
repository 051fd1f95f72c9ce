import type { OrgReader } from '../../domain/org/org.ts';
import { scanLog, type LogReading } from './scan-log.ts';

/**
 * Events that Okta's event catalog has for a recovery link that is opened. Identity Engine:
 * `system.email.challenge_factor_redeemed` (“the link was clicked or the code was entered”). Both engines:
 * `user.account.use_token` (“invalid self service recovery token used by user”: the token was used before, so somebody comes
 * after the scanner), and a failed `user.account.reset_password`. No event says that a page was opened. Source:
 * event-types.json of okta/okta-developer-docs.
 */
const LINK_USED = [
  'eventType eq "system.email.challenge_factor_redeemed"',
  'eventType eq "user.account.use_token"',
  '(eventType eq "user.account.reset_password" and outcome.result eq "FAILURE")',
].join(' or ');

/** The first time that a user's link was opened after its reset, and the address it was opened from. */
export interface LinkUse {
  readonly usedMs: number;
  readonly address: string | undefined;
}

/** The opened links of a window of the System Log. */
export interface LinkUses {
  readonly reading: LogReading;
  /** The first use at or after a reset; times are by Okta's clock. */
  readonly after: (userId: string, resetMs: number) => LinkUse | undefined;
}

/** How many uses per user are kept: a scanner's, and a few tries of a person. */
const MOST_OF_ONE = 20;

/**
 * Finds whose links were opened, in one bounded scan. Events whose actor is `principalId` are our own calls and do not
 * count. Rejects with `signal.reason` after an abort.
 */
export async function scanLinkUses(
  reader: Pick<OrgReader, 'logEvents'>,
  window: {
    readonly sinceMs: number;
    readonly untilMs: number;
    readonly principalId: string | undefined;
  },
  signal: AbortSignal,
): Promise<LinkUses> {
  const { sinceMs, untilMs, principalId } = window;
  const uses = new Map<string, LinkUse[]>();
  const reading = await scanLog(
    reader,
    { filter: LINK_USED, sinceMs, untilMs },
    signal,
    (event) => {
      const { actorId, publishedMs: usedMs, clientIp: address } = event;
      if (actorId !== undefined && actorId === principalId) return;
      for (const userId of new Set([
        ...event.userIds,
        ...(actorId === undefined ? [] : [actorId]),
      ])) {
        const ofUser = uses.get(userId) ?? [];
        if (ofUser.length < MOST_OF_ONE) ofUser.push({ usedMs, address });
        uses.set(userId, ofUser);
      }
    },
  );
  return {
    reading,
    after: (userId, resetMs) => uses.get(userId)?.find(({ usedMs }) => usedMs >= resetMs),
  };
}

/** A person needs longer than this to find the email, open it and click. */
const SOONER_THAN_PEOPLE_MS = 60_000;
/** Tells whether a link was opened sooner after its email than a person could have. */
export function isSoonerThanPeople(use: LinkUse, mailedMs: number): boolean {
  return use.usedMs - mailedMs <= SOONER_THAN_PEOPLE_MS;
}

/** At least this many users' links were opened from one address, each within a minute of its email. */
const FEWEST = 3;

/** The signs of a mail scanner: links of several users, opened from one address as soon as they were emailed. */
export interface ScannerTrace {
  readonly users: number;
  readonly addresses: readonly string[];
}

/** Collects opened links, and tells whether a machine opened them. */
export class ScannerTraces {
  readonly #byAddress = new Map<string, number>();

  add(use: LinkUse, resetMs: number): void {
    if (use.address === undefined || !isSoonerThanPeople(use, resetMs)) return;
    this.#byAddress.set(use.address, (this.#byAddress.get(use.address) ?? 0) + 1);
  }

  /** Undefined if nothing looks like a scanner. */
  found(): ScannerTrace | undefined {
    const many = [...this.#byAddress].filter(([, users]) => users >= FEWEST);
    if (many.length === 0) return undefined;
    many.sort(([, a], [, b]) => b - a);
    return {
      users: many.reduce((sum, [, users]) => sum + users, 0),
      addresses: many.slice(0, 5).map(([address]) => address),
    };
  }
}
