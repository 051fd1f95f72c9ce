import { Column } from '../column.ts';

/** The System Log's events, in the words of Okta's event catalog: type, display message, legacy type. */
export const LOG_EVENTS = [
  ['user.account.reset_password', "Fired when the user's Okta password is reset"],
  ['user.account.expire_password', "User's Okta password is expired"],
  ['user.account.update_password', 'User update password for Okta'],
  ['user.session.clear', 'Clear user session'],
  ['user.mfa.factor.reset_all', 'Reset all factors for user'],
  ['user.mfa.factor.activate', 'Activate factor or authenticator enrollment method for user'],
  ['user.session.start', 'User login to Okta'],
  ['user.account.unlock_by_admin', 'Unlock user account by admin'],
  ['user.lifecycle.reactivate', 'Reactivate Okta user'],
  ['user.lifecycle.suspend', 'Suspend Okta user'],
  ['user.lifecycle.unsuspend', 'Unsuspend Okta user'],
  ['user.lifecycle.activate', 'Activate Okta user'],
  ['user.lifecycle.deactivate', 'Deactivate Okta user'],
  ['system.email.delivery', 'Email delivery'],
  ['system.email.challenge_factor_redeemed', 'Email challenge redeemed'],
  ['user.account.use_token', 'Invalid self service recovery token used by user'],
  ['user.mfa.okta_verify.deny_push', 'User rejected Okta push verify'],
  ['system.org.rate_limit.violation', 'Rate limit violation'],
  ['system.operation.rate_limit.violation', 'Operation rate limit violation'],
  ['core.concurrency.org.limit.violation', 'Too many concurrent requests in flight'],
] as const;

export type LogEventType = (typeof LOG_EVENTS)[number][0];

const CODES = new Map<string, number>(LOG_EVENTS.map(([type], code) => [type, code]));
const NOBODY = 0xffff_ffff;

/** Where a sign-in came from. */
export interface SignInPlace {
  readonly address: string;
  readonly city: string;
  readonly country: string;
  /** Number of the autonomous system that the address belongs to. */
  readonly asNumber: number;
}

/**
 * Tells whether an event has the user as its target. A session has no target; the target of a push is the person who was
 * asked.
 */
export function hasUserTarget(type: LogEventType): boolean {
  return type !== 'user.session.start';
}

/** The limit that an event is about. */
export interface LimitDetail {
  /** Okta's name of the counter, or the path of a request beyond the concurrency limit. */
  readonly pattern: string;
  /** Whose limit it is: a token's, an app's, or the org's. */
  readonly subtype: 'ssws_token' | 'oauth_client' | undefined;
  readonly threshold: number;
  readonly secondsToReset: number;
}

/** One event, as stored. */
export interface LoggedEvent {
  readonly number: number;
  readonly type: LogEventType;
  readonly message: string;
  readonly timeMs: number;
  readonly user: number | undefined;
  readonly principal: number;
  readonly request: number;
  readonly userAgent: string;
  readonly failed: boolean;
  readonly limit: LimitDetail | undefined;
  readonly place: SignInPlace | undefined;
}

/** The System Log: every event in order, a few bytes each. Texts are made when somebody reads them. */
export class SystemLog {
  readonly #types = new Column(Uint8Array);
  readonly #times = new Column(Float64Array);
  readonly #users = new Column(Uint32Array);
  readonly #principals = new Column(Uint32Array);
  readonly #requests = new Column(Float64Array);
  readonly #agents = new Column(Uint32Array);
  readonly #failures = new Column(Uint8Array);
  /** Details of the few events about limits, of which there is one per window and counter. */
  readonly #limits = new Map<number, LimitDetail>();
  /** Places of sign-ins. Made-up sign-ins share one place. */
  readonly #places = new Map<number, SignInPlace>();
  readonly #agentNames: string[] = [];
  readonly #agentCodes = new Map<string, number>();

  get length(): number {
    return this.#types.length;
  }

  add(event: {
    readonly type: LogEventType;
    readonly timeMs: number;
    readonly user?: number;
    /** Left out if no API credential caused the event. */
    readonly principal?: number;
    readonly request: number;
    readonly userAgent: string;
    readonly failed?: boolean;
    readonly limit?: LimitDetail;
    readonly place?: SignInPlace;
  }): void {
    if (event.place !== undefined) this.#places.set(this.length, event.place);
    if (event.limit !== undefined) this.#limits.set(this.length, event.limit);
    this.#types.push(CODES.get(event.type) ?? 0);
    this.#times.push(event.timeMs);
    this.#users.push(event.user ?? NOBODY);
    this.#principals.push(event.principal ?? NOBODY);
    this.#requests.push(event.request);
    this.#agents.push(this.#agentCode(event.userAgent));
    this.#failures.push(event.failed === true ? 1 : 0);
  }

  #agentCode(name: string): number {
    const known = this.#agentCodes.get(name);
    if (known !== undefined) return known;
    // A client that changes its name with every request must not fill the memory.
    if (this.#agentNames.length > 10_000) return 0;
    this.#agentNames.push(name);
    this.#agentCodes.set(name, this.#agentNames.length - 1);
    return this.#agentNames.length - 1;
  }

  timeOf(number: number): number {
    return this.#times.at(number);
  }

  typeOf(number: number): LogEventType {
    return (LOG_EVENTS[this.#types.at(number)] ?? LOG_EVENTS[0])[0];
  }

  userOf(number: number): number | undefined {
    const user = this.#users.at(number);
    return user === NOBODY ? undefined : user;
  }

  event(number: number): LoggedEvent {
    const [type, message] = LOG_EVENTS[this.#types.at(number)] ?? LOG_EVENTS[0];
    return {
      number,
      type,
      message,
      timeMs: this.#times.at(number),
      user: this.userOf(number),
      principal: this.#principals.at(number),
      request: this.#requests.at(number),
      userAgent: this.#agentNames[this.#agents.at(number)] ?? '',
      failed: this.#failures.at(number) === 1,
      limit: this.#limits.get(number),
      place: this.#places.get(number),
    };
  }

  /** Returns the number of the first event at or after a time. The org's clock never goes back. */
  firstAt(timeMs: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#times.at(middle) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
