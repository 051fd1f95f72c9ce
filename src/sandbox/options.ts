import { AppError } from '../domain/codes/app-error.ts';
import { NO_CHAOS, type Chaos } from './chaos/chaos.ts';
import { DEFAULT_LIMITS, type BucketName, type LimitRules } from './org/buckets.ts';
import { seededToken } from './oauth/credentials.ts';
import type { Mix } from './org/mix.ts';
import type { Gzip } from './wire/wire.ts';
import type { RoleType } from '../domain/org/admin-role.ts';
import { seesAdmins } from './org/roles.ts';

export type TempPasswordQuery = 'honoured' | 'ignored' | 'empty';

/** A public key in JWK form, as an admin registers it with a service app. */
export type PublicJwk = Readonly<Record<string, unknown>>;

/** An OAuth 2.0 service app of the org. */
export interface ServiceApp {
  /** Default: `0oa…`, drawn from the seed. */
  readonly clientId?: string | undefined;
  readonly keys: readonly PublicJwk[];
  /** Scopes that an admin granted. Default: all that the sandbox knows. */
  readonly scopes?: readonly string[] | undefined;
  /**
   * Whether a token request is refused completely if it has a scope that the app was not granted. Default false: Okta issues
   * a token for the others (“silent downscoping”), and refuses only if none is left.
   */
  readonly strictScopes?: boolean | undefined;
  /** Whether tokens must be bound to a DPoP key, as in apps made since February 2024. Default true. */
  readonly dpop?: boolean | undefined;
  /** Lifetime of an access token. Default 3,600,000. */
  readonly tokenLifeMs?: number | undefined;
}

/** How the org is made and how it behaves. Everything is optional, and the same options make the same org. */
export interface SandboxOptions {
  /** Loopback address to listen on: `127.0.0.1` (default), `::1` or `localhost`. */
  readonly host?: string | undefined;
  /** Default 0: a free port. */
  readonly port?: number | undefined;
  /** Default 1. */
  readonly seed?: number | undefined;
  /** Users in total, including admins. Default 200, at most 5,000,000. */
  readonly users?: number | undefined;
  readonly mix?: Mix | undefined;
  /** Users with an admin role: the first ones, ACTIVE and Okta-sourced. Default 2, at least 1. */
  readonly admins?: number | undefined;
  /** Whether every user who can sign in has an MFA factor, sessions and tokens. Default false: two in three have one. */
  readonly withSessions?: boolean | undefined;
  /** Groups in total; the first is Everyone. Default 6. */
  readonly groups?: number | undefined;
  /**
   * SSWS tokens, owned by the admins in rotation. The last admin has none if there are enough admins. Default: one, drawn
   * from the seed.
   */
  readonly tokens?: readonly string[] | undefined;
  /**
   * Admin roles of the token owners and of the service app. Default SUPER_ADMIN. The last admin is always a super
   * admin, unless every admin owns a token.
   */
  readonly roles?: readonly RoleType[] | undefined;
  readonly app?: ServiceApp | undefined;
  /**
   * Calls per window and bucket for one credential. Buckets that are not named keep their default. `off`: no window limits.
   */
  readonly limits?: 'off' | Readonly<Partial<Record<BucketName, number>>> | undefined;
  /** Length of a window. Default 60,000. */
  readonly windowMs?: number | undefined;
  /**
   * `first-call`: a window begins with its first call (default, as in every recording of a real org). `grid`: windows are on
   * a grid that began with the org.
   */
  readonly windowStart?: 'grid' | 'first-call' | undefined;
  /**
   * How the end of a window is rounded to whole seconds in `X-Rate-Limit-Reset`. Default `floor`. Grid windows of whole
   * seconds end on one.
   */
  readonly resetRounding?: 'floor' | 'ceil' | undefined;
  /** The share of the org's limit that one credential gets. Default 0.5. */
  readonly tokenShare?: number | undefined;
  /** The share of each window that others use up with the same credential, evenly over its time. Default 0. */
  readonly rivalShare?: number | undefined;
  /** The most requests in flight before a concurrency 429. Default 37 (half of 75); `off` if limits are off. */
  readonly concurrency?: 'off' | number | undefined;
  /** How long an answer takes. The effect comes halfway. Default 0. */
  readonly latencyMs?: number | undefined;
  /** The longest path and query, in characters, before 414 E0000256. Default 8,192. */
  readonly urlLimit?: number | undefined;
  /** Identity Engine (default) or Classic. */
  readonly engine?: 'oie' | 'classic' | undefined;
  /** Lifetime of an emailed reset link in the password policy. Default 60. */
  readonly linkLifetimeMinutes?: number | undefined;
  /**
   * What `expire_password?tempPassword=true` returns: a password (`honoured`, default); the user, as if the parameter were
   * missing (`ignored`); or `{}`, after a password was made that nobody learns (`empty`).
   */
  readonly tempPasswordQuery?: TempPasswordQuery | undefined;
  /** When answers are gzipped. Default `asked`. */
  readonly gzip?: Gzip | undefined;
  /** Whether the credential can read role assignments. Default: whatever its roles allow, including a custom one. */
  readonly rolesReadable?: boolean | undefined;
  /** Whether the credential can read password policies. Default true. */
  readonly policiesReadable?: boolean | undefined;
  /** How far Okta's clock is ahead of ours. Default 0. */
  readonly clockOffsetMs?: number | undefined;
  /** The shortest time between two emails to one user before 429 E0000118. Default 0: no such limit. */
  readonly mailGapMs?: number | undefined;
  /** How late events appear in the System Log. Default 0. */
  readonly logDelayMs?: number | undefined;
  /**
   * How late a change appears in `search` and `filter`. Default 0; Okta's usually takes a second, and sometimes ten.
   */
  readonly searchLagMs?: number | undefined;
  readonly chaos?: Chaos | undefined;
}

/** Options with every default filled in. */
export interface Settings extends LimitRules {
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  readonly users: number;
  readonly mix: Mix;
  readonly admins: number;
  /** How many admins own tokens, counted from the first one. */
  readonly owners: number;
  readonly withSessions: boolean;
  readonly groups: number;
  readonly tokens: readonly string[];
  readonly roles: readonly RoleType[];
  readonly app: ServiceApp | undefined;
  readonly concurrency: number;
  readonly latencyMs: number;
  readonly urlLimit: number;
  readonly engine: 'oie' | 'classic';
  readonly linkLifetimeMinutes: number;
  readonly tempPasswordQuery: TempPasswordQuery;
  readonly gzip: Gzip;
  readonly rolesReadable: boolean;
  readonly policiesReadable: boolean;
  readonly clockOffsetMs: number;
  readonly mailGapMs: number;
  readonly logDelayMs: number;
  readonly searchLagMs: number;
  readonly chaos: Chaos;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const MAX_USERS = 5_000_000;

function refuse(message: string, hint: string): never {
  throw new AppError('USAGE', message, { hint });
}

function whole(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most)
    refuse(
      `The sandbox's ${name} must be a whole number from ${least} to ${most}; got ${value}.`,
      `Choose a number of ${name} in that range.`,
    );
  return value;
}

/** Fills in the defaults. Throws `AppError` USAGE for a host that is not loopback, and for numbers out of range. */
export function resolveOptions(options: SandboxOptions): Settings {
  const host = options.host ?? '127.0.0.1';
  if (!LOOPBACK.has(host))
    refuse(
      `The sandbox listens on loopback only; ${host} is not.`,
      'Leave the host out, or use 127.0.0.1, ::1 or localhost.',
    );
  const seed = whole('seed', options.seed ?? 1, 0, 0xffff_ffff);
  const users = whole('users', options.users ?? 200, 1, MAX_USERS);
  const limits =
    options.limits === 'off' ? 'off' : { ...DEFAULT_LIMITS, ...(options.limits ?? {}) };
  const roles = options.roles ?? ['SUPER_ADMIN'];
  const admins = whole('admins', options.admins ?? Math.min(2, users), 1, users);
  const tokens = options.tokens ?? [seededToken(seed, 0)];
  const concurrency = options.concurrency ?? (limits === 'off' ? 'off' : 37);
  return {
    host,
    port: whole('port', options.port ?? 0, 0, 65_535),
    seed,
    users,
    mix: options.mix ?? {},
    admins,
    owners: tokens.length < admins ? Math.max(1, admins - 1) : admins,
    withSessions: options.withSessions ?? false,
    groups: whole('groups', options.groups ?? 6, 1, 1000),
    tokens,
    roles,
    app: options.app,
    limits,
    windowMs: whole('windowMs', options.windowMs ?? 60_000, 1, 86_400_000),
    windowStart: options.windowStart ?? 'first-call',
    resetRounding: options.resetRounding ?? 'floor',
    tokenShare: options.tokenShare ?? 0.5,
    rivalShare: options.rivalShare ?? 0,
    concurrency: concurrency === 'off' ? Number.POSITIVE_INFINITY : concurrency,
    latencyMs: options.latencyMs ?? 0,
    urlLimit: whole('urlLimit', options.urlLimit ?? 8192, 64, 200_000),
    engine: options.engine ?? 'oie',
    linkLifetimeMinutes: options.linkLifetimeMinutes ?? 60,
    tempPasswordQuery: options.tempPasswordQuery ?? 'honoured',
    gzip: options.gzip ?? 'asked',
    rolesReadable: options.rolesReadable ?? seesAdmins(roles),
    policiesReadable: options.policiesReadable ?? true,
    clockOffsetMs: options.clockOffsetMs ?? 0,
    mailGapMs: options.mailGapMs ?? 0,
    logDelayMs: options.logDelayMs ?? 0,
    searchLagMs: options.searchLagMs ?? 0,
    chaos: options.chaos ?? NO_CHAOS,
  };
}
