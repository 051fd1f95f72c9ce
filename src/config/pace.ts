import { parseConfirmation } from '../domain/plan/confirmation.ts';
import type { WorkingHours } from '../domain/working-hours.ts';
import { workingHours } from './hours.ts';
import { DEFAULTS } from './defaults.ts';
import type { GuardFlags, PaceFlags } from './flags.ts';
import { duration, usage, wholeNumber } from './option.ts';

export interface PaceConfig {
  readonly concurrency: number;
  readonly ratePercent: number;
  readonly perMinute: number | undefined;
  readonly perHour: number | undefined;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly maxDurationMs: number | undefined;
  /** Hours of the day in which writes are sent; undefined: at any hour. */
  readonly between: WorkingHours | undefined;
}

/** How many rows may fail before the run stops. */
export type MaxFailures =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

export interface GuardConfig {
  /** `COUNT@HOST` as typed. */
  readonly confirm: string | undefined;
  readonly yes: boolean;
  readonly maxUsers: number | undefined;
  /** Undefined where the flag was not given: a run that is gone on with keeps its own. */
  readonly canary: number | undefined;
  /** How long a canary that mails links waits for a mail scanner to open them; 0: it does not. */
  readonly canaryWaitMs: number;
  readonly maxFailures: MaxFailures;
  readonly planMaxAgeMs: number;
  readonly forceUnlock: boolean;
}

/** Checks the pace flags and fills in the defaults. Rejects with USAGE. */
export function resolvePace(flags: PaceFlags): PaceConfig {
  return {
    concurrency: wholeNumber('concurrency', flags.concurrency, 1, 200) ?? DEFAULTS.concurrency,
    ratePercent:
      wholeNumber('rate-share', flags.rateShare?.replace(/%$/, ''), 1, 100) ?? DEFAULTS.ratePercent,
    perMinute: wholeNumber('per-minute', flags.perMinute, 1),
    perHour: wholeNumber('per-hour', flags.perHour, 1),
    timeoutMs: duration('timeout', flags.timeout) ?? DEFAULTS.timeoutMs,
    maxRetries: wholeNumber('max-retries', flags.maxRetries, 0, 100) ?? DEFAULTS.maxRetries,
    maxDurationMs: duration('max-duration', flags.maxDuration),
    between: workingHours(flags.between),
  };
}

function maxFailures(text: string | undefined): MaxFailures {
  if (text === undefined) return { kind: 'percent', percent: DEFAULTS.maxFailurePercent };
  const percent = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(text.trim());
  if (percent !== null && Number(percent[1]) <= 100)
    return { kind: 'percent', percent: Number(percent[1]) };
  const count = /^\d{1,9}$/.exec(text.trim());
  if (count !== null) return { kind: 'count', count: Number(count[0]) };
  throw usage(
    `--max-failures takes a number or a percentage, not “${text}”.`,
    'Examples: --max-failures 50, --max-failures 5%',
  );
}

function canaryWait(text: string | undefined): number {
  if (text !== undefined && /^0(?:ms|s|m|h)?$/.test(text.trim())) return 0;
  return duration('canary-wait', text) ?? DEFAULTS.canaryWaitMs;
}

/** Checks the guard flags and fills in the defaults. Rejects with USAGE. */
export function resolveGuards(flags: GuardFlags): GuardConfig {
  if (flags.yes && flags.maxUsers === undefined) {
    throw usage(
      '--yes needs --max-users N.',
      'Say how many users at most: --yes --max-users 500. Or name the exact count: --confirm COUNT@HOST.',
    );
  }
  if (flags.confirm !== undefined && parseConfirmation(flags.confirm) === undefined) {
    throw usage(
      `--confirm takes COUNT@HOST, not “${flags.confirm}”.`,
      'Write the number of users and the org’s host as the preview shows them: --confirm 4812@acme.okta.com',
    );
  }
  return {
    confirm: flags.confirm,
    yes: flags.yes,
    maxUsers: wholeNumber('max-users', flags.maxUsers, 0),
    canary: wholeNumber('canary', flags.canary, 0),
    canaryWaitMs: canaryWait(flags.canaryWait),
    maxFailures: maxFailures(flags.maxFailures),
    planMaxAgeMs: duration('plan-max-age', flags.planMaxAge) ?? DEFAULTS.planMaxAgeMs,
    forceUnlock: flags.forceUnlock,
  };
}
