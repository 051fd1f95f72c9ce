import type { SecretKind, Step } from '../plan/step.ts';
import type { Answer } from '../row/call.ts';
import type { UserId } from './user-id.ts';
import type { User } from './user.ts';

/** Which org this is, as it describes itself (`GET /.well-known/okta-organization`). */
export interface Organization {
  readonly id: string;
  /** `classic` for pipeline v1, `oie` for idx. */
  readonly engine: 'classic' | 'oie' | 'unknown';
}

/** Where a listing continues. Opaque: only the okta room makes it and checks it (same origin, no loops). */
export interface Cursor {
  readonly next: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: Cursor | undefined;
}

/** Which users to list; `all` is every user except the deprovisioned ones, as Okta lists them. */
export type UserQuery =
  | { readonly kind: 'search'; readonly expression: string }
  | { readonly kind: 'filter'; readonly expression: string }
  | { readonly kind: 'q'; readonly prefix: string }
  | { readonly kind: 'all' };

export interface Group {
  readonly id: string;
  readonly name: string;
}

/** An assigned admin role: `HELP_DESK_ADMIN`, `CUSTOM`, … with the name that the Admin Console shows. */
export interface Role {
  readonly type: string;
  readonly label: string;
}

/** Who can have an admin role: a user by id, or a service app by client id. */
export type RoleHolder =
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'app'; readonly clientId: string };

/** A factor that a user has enrolled. */
export interface Factor {
  readonly id: string;
  /** `push`, `token:software:totp`, … */
  readonly type: string;
  /** Epoch milliseconds by Okta's clock; undefined if Okta does not say. */
  readonly enrolledMs: number | undefined;
}

/** A person or client in a System Log event: its actor or one of its targets. */
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
  /** The actor and targets that are users. */
  readonly people?: readonly LogPerson[];
  /** City, state and country of that address, as Okta estimates them. */
  readonly place?: string | undefined;
}

/** The state of a bucket, as the org last reported it to this credential. */
export interface BucketLimit {
  readonly bucket: string;
  /** The number of calls per window that this credential is allowed. */
  readonly limit: number;
  readonly remaining: number;
  /** Epoch milliseconds by Okta's clock. */
  readonly resetMs: number;
  /** The length of its windows, if answers have shown it. */
  readonly windowMs?: number | undefined;
}

/** Reads of the org. It has no method that writes, and is all that a dry run gets. */
export interface OrgReader {
  /** `https://acme.okta.com`, no trailing slash. */
  readonly origin: string;
  /** The host of the origin, with a port if there is one. `COUNT@HOST` names it. */
  readonly host: string;
  readonly organization: (signal: AbortSignal) => Promise<Answer<Organization>>;
  /** The user who owns the credential. Fails for service apps. */
  readonly me: (signal: AbortSignal) => Promise<Answer<User>>;
  /** One user by id (or login without `/`). */
  readonly user: (idOrLogin: string, signal: AbortSignal) => Promise<Answer<User>>;
  /** The factors that a user has enrolled, by user id. Counts towards the bucket of lists and writes. */
  readonly factors: (userId: UserId, signal: AbortSignal) => Promise<Answer<readonly Factor[]>>;
  /** One page of at most `limit` users (Okta allows 200). */
  readonly users: (
    page: { readonly query: UserQuery; readonly limit: number } | Cursor,
    signal: AbortSignal,
  ) => Promise<Answer<Page<User>>>;
  /** The groups whose name is exactly `name`. */
  readonly groupsNamed: (name: string, signal: AbortSignal) => Promise<Answer<readonly Group[]>>;
  /** The first groups whose names begin with this text, at most `limit`. */
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
  /** The ids of users with an admin role (`GET /api/v1/iam/assignees/users`). */
  readonly admins: (page: Cursor | undefined, signal: AbortSignal) => Promise<Answer<Page<string>>>;
  /** The admin roles of one user or service app, including those of its groups. */
  readonly roles: (holder: RoleHolder, signal: AbortSignal) => Promise<Answer<readonly Role[]>>;
  /** A bounded read of the System Log, oldest event first. */
  readonly logEvents: (
    page: { readonly filter: string; readonly sinceMs: number; readonly untilMs: number } | Cursor,
    signal: AbortSignal,
  ) => Promise<Answer<Page<LogEvent>>>;
  /** The shortest and longest lifetime of an emailed reset link, in minutes, by the org's password policies. */
  readonly linkLifetime: (
    signal: AbortSignal,
  ) => Promise<Answer<{ readonly minMinutes: number; readonly maxMinutes: number }>>;
  /** What the headers of each bucket last said; empty before the first call. */
  readonly limits: () => readonly BucketLimit[];
  /** Okta's clock now, kept running since the last answer, in epoch milliseconds; undefined before the first answer. */
  readonly serverNowMs: () => number | undefined;
}

/**
 * A secret in the form that rooms pass on: printing it never shows the text, and `reveal` returns it (`Secret` implements
 * this).
 */
export interface SecretText {
  readonly reveal: () => string;
}

/** What an accepted write returned. */
export type StepEffect =
  | { readonly kind: 'done' }
  /** A temporary password or a reset link. */
  | {
      readonly kind: 'secret';
      readonly secret: SecretText;
      readonly what: SecretKind;
    }
  /** The password is expired, but the org does not support `tempPassword` on this endpoint: use `temp-password-split`. */
  | { readonly kind: 'expired-without-password' };

export interface StepCall {
  readonly step: Step;
  readonly userId: UserId;
  readonly sendEmail: boolean;
  readonly revokeSessions: boolean;
  /** This call restores the protection that the step before it removed, so only the org's limits can delay it. */
  readonly isBound?: true;
  /**
   * Runs after the pacing has granted the call and before any byte leaves: the journal makes the attempt durable here. If it
   * rejects, nothing is sent and the call rejects with the same reason.
   */
  readonly beforeSend: () => Promise<void>;
  /**
   * Runs directly before the first byte, when there is nothing left to wait for. If it throws, nothing is sent and the call
   * rejects with its error, because what `beforeSend` recorded is too old by then.
   */
  readonly atDeparture?: () => void;
}

/**
 * Reads and writes. `write` sends at most one request, never retries, and sends nothing after an abort. It waits for a
 * request that has left.
 */
export interface OrgWriter extends OrgReader {
  readonly write: (call: StepCall, signal: AbortSignal) => Promise<Answer<StepEffect>>;
}
