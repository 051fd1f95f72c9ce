import type { Clock } from '../../domain/clock.ts';
import { bits, share, word } from '../chance.ts';
import { makeIdentity, type Identity } from './identity.ts';
import { MailScanner } from './mail-scanner.ts';
import { sharesOf, type Shares } from './mix.ts';
import type { Settings } from '../options.ts';
import { Outbox, type MailType } from './outbox.ts';
import { makePeople, type People } from './person.ts';
import type { RoleType } from '../../domain/org/admin-role.ts';
import { longestLagMs } from '../chaos/chaos.ts';
import { UserHistory } from './user-history.ts';
import { SystemLog, type LogEventType } from './log/system-log.ts';
import { PROVIDER_CODE, STATUS_CODE, UserTable } from './user-table.ts';

/** How a directory user's agent fails, if it does. */
export type AgentTrouble = 'timeout' | 'timeout-after' | 'absent' | 'denied';

/** What the org counted, so that tests can check a client from the org's side. */
export interface Tally {
  readonly requests: Record<string, number>;
  readonly throttled: { window: number; concurrency: number; mail: number };
  readonly faults: Record<string, number>;
  /** What is not counted by user. */
  readonly totals: { conversions: number; unlocks: number; reactivations: number; other: number };
}

/** How many kinds of factors the org knows. */
const MOST_FACTORS = 2;

/** The state of the org: its users, what was done to them, and what was emailed and logged about it. */
export class Org {
  readonly settings: Settings;
  readonly table: UserTable;
  readonly history: UserHistory;
  readonly shares: Shares;
  readonly people: People;
  readonly userIds: Identity;
  readonly groupIds: Identity;
  readonly outbox: Outbox;
  /** Users outside the resource set of every credential: they can be read, but not acted on. */
  readonly outOfReach = new Set<number>();
  readonly scanner: MailScanner;
  readonly log = new SystemLog();
  readonly id: string;
  /** The one realm, `guo…`. */
  readonly realmId: string;
  /** The schema of its users, `osc…`. */
  readonly schemaId: string;
  /** The one user type, `oty…`. */
  readonly userTypeId: string;
  readonly tally: Tally = {
    requests: {},
    throttled: { window: 0, concurrency: 0, mail: 0 },
    faults: {},
    totals: { conversions: 0, unlocks: 0, reactivations: 0, other: 0 },
  };
  /** Writes that took effect. */
  effects = 0;
  /** Writes whose answer was lost and that have not taken effect yet. */
  waiting = 0;
  /** Called with each user that is deactivated. */
  onDeactivated: (index: number) => void = () => undefined;
  readonly #clock: Clock;

  constructor(settings: Settings, clock: Clock) {
    const { seed, users } = settings;
    this.settings = settings;
    this.#clock = clock;
    this.id = `00o${word(seed, 0, 61, 17)}`;
    this.realmId = `guo${word(seed, 0, 76, 17)}`;
    this.schemaId = `osc${word(seed, 0, 77, 17)}`;
    this.userTypeId = `oty${word(seed, 0, 62, 17)}`;
    this.shares = sharesOf(settings.mix);
    this.scanner = new MailScanner(settings.seed, this.shares.scanned);
    this.table = new UserTable(settings);
    this.history = new UserHistory(
      this.table,
      Math.max(settings.searchLagMs, longestLagMs(settings.chaos)),
    );
    this.people = makePeople(seed, users, this.shares);
    this.userIds = makeIdentity('00u', seed, () => users);
    this.groupIds = makeIdentity('00g', seed, () => settings.groups);
    this.outbox = new Outbox((index) => {
      const { email, secondEmail } = this.people.person(index);
      return {
        to: secondEmail === undefined ? [email] : [email, secondEmail],
        userId: this.userIds.idOf(index),
      };
    });
  }

  /** Okta's clock. Epoch milliseconds. */
  nowMs(): number {
    return this.#clock.nowMs() + this.settings.clockOffsetMs;
  }

  /** 32 hex digits that contain the number of the request. */
  requestId(number: number): string {
    const drawn = [51, 52, 53].map((salt) => bits(this.settings.seed, number, salt));
    const hex = drawn.map((part) => part.toString(16).padStart(8, '0')).join('');
    return hex.slice(0, 20) + number.toString(16).padStart(12, '0');
  }

  isAdmin(index: number): boolean {
    return index < this.settings.admins;
  }

  /** Returns the admin roles of a user: none, those of the credential, or super admin, because an org always has one. */
  rolesOf(index: number): readonly RoleType[] {
    if (!this.isAdmin(index)) return [];
    return index < this.settings.owners ? this.settings.roles : ['SUPER_ADMIN'];
  }

  agentTrouble(index: number): AgentTrouble | undefined {
    const { agentTimeout, agentAbsent, agentDenied } = this.shares;
    const provider = this.table.provider[index];
    if (provider !== PROVIDER_CODE.ACTIVE_DIRECTORY && provider !== PROVIDER_CODE.LDAP)
      return undefined;
    const point = share(this.settings.seed, index, 81);
    if (point < agentTimeout)
      return bits(this.settings.seed, index, 82) & 1 ? 'timeout' : 'timeout-after';
    if (point < agentTimeout + agentAbsent) return 'absent';
    return point < agentTimeout + agentAbsent + agentDenied ? 'denied' : undefined;
  }

  bounces(index: number): boolean {
    return share(this.settings.seed, index, 83) < this.shares.bounced;
  }

  /** The temporary password number `nth` that the org made for a user. */
  tempPassword(index: number, nth: number): string {
    return word(this.settings.seed, index, 100_000 + nth, this.settings.engine === 'oie' ? 12 : 8);
  }

  oneTimeToken(index: number, nth: number): string {
    return word(this.settings.seed, index, 200_000 + nth, 20);
  }

  mail(index: number, type: MailType, nowMs: number): void {
    this.outbox.send(index, type, nowMs);
    this.table.add('mails', index);
    this.table.mailedS[index] = Math.floor(nowMs / 1000);
  }

  /** Records that a user is about to change. Call it before any change. */
  touch(index: number, nowMs: number): void {
    this.history.keep(index, nowMs);
    this.table.lastUpdatedS[index] = Math.floor(nowMs / 1000);
  }

  /** Moves a user to a status by Okta's clock. */
  moveStatus(index: number, status: keyof typeof STATUS_CODE, nowMs: number): void {
    this.touch(index, nowMs);
    this.table.status[index] = STATUS_CODE[status];
    this.table.statusChangedS[index] = Math.floor(nowMs / 1000);
    if (status !== 'DEPROVISIONED') return;
    this.table.erasePassword(index);
    this.onDeactivated(index);
  }

  /**
   * The user follows the link or uses the temporary password and sets a new password: RECOVERY and PASSWORD_EXPIRED become
   * ACTIVE. Returns false if the link has expired or there is nothing to finish.
   */
  finish(index: number): boolean {
    const status = this.table.status[index];
    const nowMs = this.nowMs();
    if (status === STATUS_CODE.RECOVERY) {
      if (this.scanner.hasOpened(index)) return false;
      const ageMs = nowMs - this.table.value('statusChangedS', index) * 1000;
      if (ageMs > this.settings.linkLifetimeMinutes * 60_000) return false;
    } else if (status !== STATUS_CODE.PASSWORD_EXPIRED) return false;
    this.moveStatus(index, 'ACTIVE', nowMs);
    const nowS = Math.floor(nowMs / 1000);
    this.table.setPassword(index, nowS);
    this.table.lastLoginS[index] = nowS;
    this.table.currentTemp[index] = 0;
    return true;
  }

  /** The user signs in to Okta, and to an app that gets a token. Returns false if the status does not allow it. */
  signIn(index: number): boolean {
    const { table } = this;
    if (table.status[index] !== STATUS_CODE.ACTIVE) return false;
    const nowMs = this.nowMs();
    this.touch(index, nowMs);
    for (const column of ['sessions', 'oauthTokens'] as const)
      table[column][index] = Math.min(255, table.value(column, index) + 1);
    table.lastLoginS[index] = Math.floor(nowMs / 1000);
    this.#byUser('user.session.start', index, nowMs);
    return true;
  }

  /** The user enrolls one more factor. Returns false if they have all of them. */
  enrol(index: number): boolean {
    const { table } = this;
    const factors = table.value('factors', index);
    if (factors >= MOST_FACTORS) return false;
    const nowMs = this.nowMs();
    table.factors[index] = factors + 1;
    table.enrolledS[index] = Math.floor(nowMs / 1000);
    this.#byUser('user.mfa.factor.activate', index, nowMs);
    return true;
  }

  /**
   * An import from the source of a suspended user makes the user active again. Returns false if the user is not suspended.
   */
  importUser(index: number): boolean {
    if (this.table.status[index] !== STATUS_CODE.SUSPENDED) return false;
    this.moveStatus(index, 'ACTIVE', this.nowMs());
    return true;
  }

  #byUser(type: LogEventType, user: number, timeMs: number): void {
    this.log.add({
      type,
      timeMs,
      user,
      request: 0,
      userAgent: '',
    });
  }
}
