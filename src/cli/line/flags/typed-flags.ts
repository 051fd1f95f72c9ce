import { usage } from '../../../config/option.ts';
import type {
  ActionFlags,
  GuardFlags,
  OutputFlags,
  PaceFlags,
  PolicyFlags,
  SelectionFlags,
} from '../../../config/flags.ts';
import type { OrgFlags } from '../../../config/org.ts';

/** What the parser found: values by flag name. */
export type Parsed = Readonly<Record<string, unknown>>;

/** The value of a flag that takes one text. Rejects with USAGE when it was given twice: the last one must not win in silence. */
export function text(parsed: Parsed, name: string): string | undefined {
  const value = parsed[name];
  if (Array.isArray(value))
    throw usage(`--${name} is given ${value.length} times.`, 'Give it once.');
  return typeof value === 'string' ? value : undefined;
}

export function list(parsed: Parsed, name: string): readonly string[] {
  const value = parsed[name];
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? [value] : [];
}

export function on(parsed: Parsed, name: string): boolean {
  return parsed[name] === true || (Array.isArray(parsed[name]) && parsed[name].includes(true));
}

export function selectionFlags(parsed: Parsed): SelectionFlags {
  return {
    files: list(parsed, 'file'),
    column: text(parsed, 'column'),
    delimiter: text(parsed, 'delimiter'),
    encoding: text(parsed, 'encoding'),
    where: list(parsed, 'where'),
    keepColumn: list(parsed, 'keep-column'),
    user: list(parsed, 'user'),
    search: text(parsed, 'search'),
    filter: text(parsed, 'filter'),
    group: list(parsed, 'group'),
    all: on(parsed, 'all'),
    exclude: list(parsed, 'exclude'),
    excludeGroup: list(parsed, 'exclude-group'),
    skip: text(parsed, 'skip'),
    limit: text(parsed, 'limit'),
  };
}

export function actionFlags(parsed: Parsed): ActionFlags {
  return {
    action: text(parsed, 'action'),
    sendEmail: !on(parsed, 'no-send-email'),
    revokeSessions: on(parsed, 'revoke-sessions'),
    revokeTokens: on(parsed, 'revoke-tokens'),
  };
}

export function policyFlags(parsed: Parsed): PolicyFlags {
  return {
    includeStatus: list(parsed, 'include-status'),
    includeProvider: list(parsed, 'include-provider'),
    includeAdmins: on(parsed, 'include-admins'),
    since: text(parsed, 'since'),
    lookup: !on(parsed, 'no-lookup'),
    again: on(parsed, 'again'),
  };
}

export function guardFlags(parsed: Parsed): GuardFlags {
  return {
    confirm: text(parsed, 'confirm'),
    yes: on(parsed, 'yes'),
    maxUsers: text(parsed, 'max-users'),
    canary: text(parsed, 'canary'),
    canaryWait: text(parsed, 'canary-wait'),
    maxFailures: text(parsed, 'max-failures'),
    planMaxAge: text(parsed, 'plan-max-age'),
    forceUnlock: on(parsed, 'force-unlock'),
  };
}

export function paceFlags(parsed: Parsed): PaceFlags {
  return {
    concurrency: text(parsed, 'concurrency'),
    rateShare: text(parsed, 'rate-share'),
    perMinute: text(parsed, 'per-minute'),
    perHour: text(parsed, 'per-hour'),
    timeout: text(parsed, 'timeout'),
    maxRetries: text(parsed, 'max-retries'),
    maxDuration: text(parsed, 'max-duration'),
    between: text(parsed, 'between'),
  };
}

export function orgFlags(parsed: Parsed): OrgFlags {
  return {
    org: text(parsed, 'org'),
    tokenFile: text(parsed, 'token-file'),
    profile: text(parsed, 'profile'),
  };
}

export function outputFlags(parsed: Parsed): OutputFlags {
  return {
    out: text(parsed, 'out'),
    secretsRecipient: list(parsed, 'secrets-recipient'),
    secretsPlaintext: on(parsed, 'secrets-plaintext'),
  };
}
