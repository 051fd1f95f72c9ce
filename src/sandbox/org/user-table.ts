import { PROVIDER_TYPES, USER_STATUSES } from '../../domain/org/user.ts';
import { bits } from '../chance.ts';
import type { Settings } from '../options.ts';
import { fillMix, type Provider, type Status } from './mix.ts';

const codeOf = <T extends string>(names: readonly T[]): Readonly<Record<T, number>> =>
  Object.fromEntries(names.map((name, code) => [name, code])) as Record<T, number>;

/** Statuses as the codes that the typed arrays contain. */
export const STATUS_CODE = codeOf(USER_STATUSES);
export const PROVIDER_CODE = codeOf(PROVIDER_TYPES);

// 2019-03-01 and the year of passwords before the breach. They are fixed, so that a seed makes the same org on any day.
const CREATED_S = 1_551_398_400;
const CREATED_SPAN_S = 4 * 365 * 86_400;
const PASSWORD_S = 1_719_792_000;
const PASSWORD_SPAN_S = 330 * 86_400;

const counter = (size: number): Uint16Array => new Uint16Array(size);

/** The columns that a user's JSON and a search are made of, and that the lag of the search keeps. */
export const STATE_COLUMNS = [
  'status',
  'provider',
  'statusChangedS',
  'lastUpdatedS',
  'passwordChangedS',
  'lastLoginS',
  'activatedS',
  'password',
] as const;

export type StateColumn = (typeof STATE_COLUMNS)[number];

/** What was done to a user, counted. */
export const EFFECT_COLUMNS = [
  'resets',
  'expirations',
  'tempPasswords',
  'sessionRevocations',
  'tokenRevocations',
  'factorResets',
  'suspensions',
  'unsuspensions',
  'mails',
] as const;

export type EffectColumn = (typeof EFFECT_COLUMNS)[number];

/** All columns. */
type UserColumn =
  | StateColumn
  | EffectColumn
  | 'mailedS'
  | 'sessions'
  | 'oauthTokens'
  | 'factors'
  | 'enrolledS'
  | 'writes'
  | 'currentTemp';

/** Users as somebody sees them: now, or as they were when the search was last updated. */
export interface UserView {
  readonly value: (column: StateColumn, index: number) => number;
  readonly statusOf: (index: number) => Status;
  readonly providerOf: (index: number) => Provider;
  readonly createdS: (index: number) => number;
}

export const statusNamed = (code: number): Status => USER_STATUSES[code] ?? 'ACTIVE';
export const providerNamed = (code: number): Provider => PROVIDER_TYPES[code] ?? 'OKTA';

/** What is stored per user: codes, times in epoch seconds (0: never) and counters, in flat arrays by user number. */
export class UserTable implements UserView {
  readonly size: number;
  readonly #seed: number;
  readonly #leastFactors: number;
  readonly status: Uint8Array;
  readonly provider: Uint8Array;
  readonly statusChangedS: Uint32Array;
  readonly lastUpdatedS: Uint32Array;
  readonly passwordChangedS: Uint32Array;
  readonly lastLoginS: Uint32Array;
  /** When the user was last activated; 0: never. */
  readonly activatedS: Uint32Array;
  /** 1 if Okta has a password credential. It is set with a password, and removed by deactivation or by another provider. */
  readonly password: Uint8Array;
  readonly mailedS: Uint32Array;
  readonly sessions: Uint8Array;
  readonly oauthTokens: Uint8Array;
  /** Enrolled factors. */
  readonly factors: Uint8Array;
  /** When the last of them was enrolled; 0 if that was when the user was made. */
  readonly enrolledS: Uint32Array;
  /** Write requests received, with or without an effect. */
  readonly writes: Uint16Array;
  readonly resets: Uint16Array;
  readonly expirations: Uint16Array;
  readonly tempPasswords: Uint16Array;
  readonly sessionRevocations: Uint16Array;
  readonly tokenRevocations: Uint16Array;
  readonly factorResets: Uint16Array;
  readonly suspensions: Uint16Array;
  readonly unsuspensions: Uint16Array;
  readonly mails: Uint16Array;
  /** The number of the temporary password that currently works; 0 if the user has another password. */
  readonly currentTemp: Uint16Array;

  constructor({ users: size, admins, seed, mix, withSessions }: Settings) {
    this.size = size;
    this.#seed = seed;
    this.#leastFactors = withSessions ? 1 : 0;
    this.status = new Uint8Array(size);
    this.provider = new Uint8Array(size);
    this.statusChangedS = new Uint32Array(size);
    this.lastUpdatedS = new Uint32Array(size);
    this.passwordChangedS = new Uint32Array(size);
    this.lastLoginS = new Uint32Array(size);
    this.activatedS = new Uint32Array(size);
    this.password = new Uint8Array(size);
    this.mailedS = new Uint32Array(size);
    this.sessions = new Uint8Array(size);
    this.oauthTokens = new Uint8Array(size);
    this.factors = new Uint8Array(size);
    this.enrolledS = new Uint32Array(size);
    this.writes = counter(size);
    this.resets = counter(size);
    this.expirations = counter(size);
    this.tempPasswords = counter(size);
    this.sessionRevocations = counter(size);
    this.tokenRevocations = counter(size);
    this.factorResets = counter(size);
    this.suspensions = counter(size);
    this.unsuspensions = counter(size);
    this.mails = counter(size);
    this.currentTemp = counter(size);
    fillMix(mix, seed, this.status, this.provider);
    this.status.fill(STATUS_CODE.ACTIVE, 0, admins);
    this.provider.fill(PROVIDER_CODE.OKTA, 0, admins);
    for (let i = 0; i < size; i += 1) this.#fill(i);
  }

  #fill(index: number): void {
    const status = this.status[index];
    const started = status !== STATUS_CODE.STAGED && status !== STATUS_CODE.PROVISIONED;
    const h = bits(this.#seed, index, 42);
    const created = this.createdS(index);
    const changed = PASSWORD_S + (h % PASSWORD_SPAN_S);
    if (status !== STATUS_CODE.STAGED) this.activatedS[index] = created + 60;
    if (started && status !== STATUS_CODE.DEPROVISIONED && !this.#signsInElsewhere(index))
      this.setPassword(index, changed);
    this.statusChangedS[index] = started ? changed + 3600 : created + 60;
    this.lastUpdatedS[index] = started ? changed + 3600 : created + 60;
    if (!started || status === STATUS_CODE.DEPROVISIONED) return;
    this.factors[index] = Math.max(this.#leastFactors, (h >>> 24) % 3);
    this.lastLoginS[index] = changed + 600;
    if (status === STATUS_CODE.SUSPENDED) return;
    this.sessions[index] = 1 + ((h >>> 28) % 3);
    this.oauthTokens[index] = 1 + ((h >>> 26) % 2);
  }

  createdS(index: number): number {
    return CREATED_S + (bits(this.#seed, index, 41) % CREATED_SPAN_S);
  }

  value(column: UserColumn, index: number): number {
    return this[column][index] ?? 0;
  }

  /** Adds one to a counter. Returns the new number. */
  add(column: EffectColumn | 'writes', index: number): number {
    const value = this.value(column, index) + 1;
    this[column][index] = value;
    return value;
  }

  statusOf(index: number): Status {
    return statusNamed(this.value('status', index));
  }

  providerOf(index: number): Provider {
    return providerNamed(this.value('provider', index));
  }

  #signsInElsewhere(index: number): boolean {
    const provider = this.provider[index];
    return provider === PROVIDER_CODE.SOCIAL || provider === PROVIDER_CODE.FEDERATION;
  }

  setPassword(index: number, nowS: number): void {
    this.password[index] = 1;
    this.passwordChangedS[index] = nowS;
  }

  erasePassword(index: number): void {
    this.password[index] = 0;
    this.passwordChangedS[index] = 0;
    this.currentTemp[index] = 0;
  }
}
