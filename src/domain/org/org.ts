import type { SecretKind, Step } from '../plan/step.ts';
import type { Answer } from '../row/call.ts';
import type { UserId } from './user-id.ts';
import type { User } from './user.ts';

/** Which org, by its own word (`GET /.well-known/okta-organization`). */
export interface Organization {
  readonly id: string;
  /** `classic` for pipeline v1, `oie` for idx. */
  readonly engine: 'classic' | 'oie' | 'unknown';
}

/** Where a listing goes on. Opaque; made and checked by the org room alone (same origin, no loops). */
export interface Cursor {
  readonly next: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: Cursor | undefined;
}

/** Which users to list; `all` is every user but the deprovisioned, as Okta lists them. */
export type UserQuery =
  | { readonly kind: 'search'; readonly expression: string }
  | { readonly kind: 'filter'; readonly expression: string }
  | { readonly kind: 'q'; readonly prefix: string }
  | { readonly kind: 'all' };

export interface Group {
  readonly id: string;
  readonly name: string;
}

/** An admin role as it is assigned: `HELP_DESK_ADMIN`, `CUSTOM`, … with the name the Admin Console shows. */
export interface Role {
  readonly type: string;
  readonly label: string;
}

/** Who may hold an admin role: a user by id, or a service app by client id. */
export type RoleHolder =
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'app'; readonly clientId: string };

/** A factor that a user has enrolled. */
export interface Factor {
  readonly id: string;
  /** `push`, `token:software:totp`, … */
  readonly type: string;
  /** Epoch milliseconds by Okta's clock; undefined where Okta does not say. */
  readonly enrolledMs: number | undefined;
}

/** Somebody whom an event of the System Log names: who did something, or to whom it was done. */
export interface LogPerson {
  readonly role: 'actor' | 'target';
  readonly id: string;
  readonly login: string | undefined;
}

export interface LogEvent {
  readonly uuid: string;
  readonly eventType: string;
  readonly publishedMs: number;
  readonly actorId: string | undefined;
  /** Ids of the targets of type User. */
  readonly userIds: readonly string[];
  readonly result: string | undefined;
  readonly reason: string | undefined;
  readonly requestId: string | undefined;
  /** The address that the request came from. */
  readonly clientIp?: string | undefined;
  /** Those of its actor and targets that are users. */
  readonly people?: readonly LogPerson[];
  /** City, state and country of that address, as Okta guesses them. */
  readonly place?: string | undefined;
}

/** A bucket's state as the org last told this credential. */
export interface BucketLimit {
  readonly bucket: string;
  /** Calls per window allowed to this credential. */
  readonly limit: number;
  readonly remaining: number;
  /** Epoch milliseconds by Okta's clock. */
  readonly resetMs: number;
  /** How long its windows last, as far as answers have taught it. */
  readonly windowMs?: number | undefined;
}

/** Reads of the org. It has no method that writes: this is all a dry run is given. */
export interface OrgReader {
  /** `https://acme.okta.com`, no trailing slash. */
  readonly origin: string;
  /** The host of the origin, with its port where it has one: what `COUNT@HOST` names. */
  readonly host: string;
  readonly organization: (signal: AbortSignal) => Promise<Answer<Organization>>;
  /** The user the credential belongs to; fails for service apps. */
  readonly me: (signal: AbortSignal) => Promise<Answer<User>>;
  /** One user by id (or login without `/`). */
  readonly user: (idOrLogin: string, signal: AbortSignal) => Promise<Answer<User>>;
  /** The factors that a user has enrolled, by id. Counts against the bucket of lists and writes. */
  readonly factors: (userId: UserId, signal: AbortSignal) => Promise<Answer<readonly Factor[]>>;
  /** One page of at most `limit` users (Okta's maximum is 200). */
  readonly users: (
    page: { readonly query: UserQuery; readonly limit: number } | Cursor,
    signal: AbortSignal,
  ) => Promise<Answer<Page<User>>>;
  /** Groups whose name is exactly `name`. */
  readonly groupsNamed: (name: string, signal: AbortSignal) => Promise<Answer<readonly Group[]>>;
  /** The first groups whose names begin like that, `limit` at most. */
  readonly groupsLike: (
    beginning: string,
    limit: number,
    signal: AbortSignal,
  ) => Promise<Answer<readonly Group[]>>;
  readonly group: (id: string, signal: AbortSignal) => Promise<Answer<Group>>;
  readonly groupMembers: (
    page: { readonly groupId: string; readonly limit: number } | Cursor,
    signal: AbortSignal,
  ) => Promise<Answer<Page<User>>>;
  /** Ids of users that hold an admin role (`GET /api/v1/iam/assignees/users`). */
  readonly admins: (page: Cursor | undefined, signal: AbortSignal) => Promise<Answer<Page<string>>>;
  /** The admin roles of one user or service app, those of its groups included. */
  readonly roles: (holder: RoleHolder, signal: AbortSignal) => Promise<Answer<readonly Role[]>>;
  /** A bounded scan of the System Log, oldest first. */
  readonly logEvents: (
    page: { readonly filter: string; readonly sinceMs: number; readonly untilMs: number } | Cursor,
    signal: AbortSignal,
  ) => Promise<Answer<Page<LogEvent>>>;
  /** Lifetime of an e-mailed reset link in minutes, by the org's password policies: shortest and longest. */
  readonly linkLifetime: (
    signal: AbortSignal,
  ) => Promise<Answer<{ readonly minMinutes: number; readonly maxMinutes: number }>>;
  /** What each bucket's headers last said; empty before the first call. */
  readonly limits: () => readonly BucketLimit[];
  /** Okta's clock now, carried on from the last answer; undefined before the first. Epoch milliseconds. */
  readonly serverNowMs: () => number | undefined;
}

/** A secret as the rooms pass it on: no printing shows it, `reveal` gives the text (`Secret` implements it). */
export interface SecretText {
  readonly reveal: () => string;
}

/** What a write brought back when Okta accepted it. */
export type StepEffect =
  | { readonly kind: 'done' }
  /** A temporary password or a reset link. */
  | {
      readonly kind: 'secret';
      readonly secret: SecretText;
      readonly what: SecretKind;
    }
  /** The password was expired, but the org knows no `tempPassword` on this endpoint: use `temp-password-split`. */
  | { readonly kind: 'expired-without-password' };

export interface StepCall {
  readonly step: Step;
  readonly userId: UserId;
  readonly sendEmail: boolean;
  readonly revokeSessions: boolean;
  /** Protects what the step before has removed: only the org's limits hold it back. */
  readonly isBound?: true;
  /**
   * Runs after the pacing has granted the call and before any byte leaves: the journal's place to make the attempt
   * durable. If it rejects, nothing is sent and the call rejects with its reason.
   */
  readonly beforeSend: () => Promise<void>;
  /**
   * Runs when nothing is left to wait for, directly before the first byte. If it throws, nothing is sent and the call rejects
   * with its error: what `beforeSend` wrote down is too old by then.
   */
  readonly atDeparture?: () => void;
}

/**
 * Reads and writes. `write` sends at most one request, never retries, and after an abort sends nothing; a request that
 * has left is let end.
 */
export interface OrgWriter extends OrgReader {
  readonly write: (call: StepCall, signal: AbortSignal) => Promise<Answer<StepEffect>>;
}
