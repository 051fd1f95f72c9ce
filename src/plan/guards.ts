import { AppError } from '../domain/codes/app-error.ts';
import type { AppErrorCode } from '../domain/codes/app-error-entries.ts';
import { formatDuration } from '../domain/duration.ts';
import type { RunFile } from '../domain/run/run-file.ts';
import {
  formatConfirmation,
  namesOtherPlan,
  otherPlan,
  parseConfirmation,
} from '../domain/plan/confirmation.ts';
import { counted } from '../domain/counted.ts';

/** A plan that seems to come from further in the future than this was made by a different clock. */
const CLOCK_SLACK_MS = 15 * 60_000;

function refusal(code: AppErrorCode, message: string, hint: string): AppError {
  return new AppError(code, `${message} Nothing was sent.`, { hint });
}

/** Refuses a plan whose bytes are not those of the preview. Throws PLAN_CHANGED. */
export function checkDigest(run: Pick<RunFile, 'planDigest'>, digest: string): void {
  if (digest === run.planDigest) return;
  throw refusal(
    'PLAN_CHANGED',
    'plan.jsonl is not the file that was previewed: its digest differs from the one in run.json.',
    'Make a new plan: okta-reset plan',
  );
}

/**
 * Refuses an org that is not the plan's: a different host, or a different org id if both are known. Throws PLAN_OTHER_ORG.
 */
export function checkOrg(
  plan: { readonly orgId: string; readonly host: string },
  live: { readonly orgId: string; readonly host: string },
): void {
  if (plan.host.toLowerCase() !== live.host.toLowerCase()) {
    throw refusal(
      'PLAN_OTHER_ORG',
      `The plan is for ${plan.host}; this is ${live.host}.`,
      `Set --org (or OKTA_CLIENT_ORGURL) to ${plan.host}, or make a new plan.`,
    );
  }
  if (plan.orgId !== '' && live.orgId !== '' && plan.orgId !== live.orgId) {
    throw refusal(
      'PLAN_OTHER_ORG',
      `${live.host} is another org now: the plan is for ${plan.orgId}, this is ${live.orgId}.`,
      'Make a new plan: okta-reset plan',
    );
  }
}

/** Refuses a plan older than `maxAgeMs`, or made by a clock far ahead of ours. Times in epoch ms. Throws PLAN_EXPIRED. */
export function checkPlanAge(plannedMs: number, nowMs: number, maxAgeMs: number): void {
  const ageMs = nowMs - plannedMs;
  if (ageMs < -CLOCK_SLACK_MS) {
    throw refusal(
      'PLAN_EXPIRED',
      `The plan says that it was made ${formatDuration(-ageMs)} in the future, so its age is not known.`,
      'Correct the clock of this machine, or make a new plan: okta-reset plan',
    );
  }
  if (ageMs <= maxAgeMs) return;
  const hours = Math.ceil(ageMs / 3_600_000) + 1;
  throw refusal(
    'PLAN_EXPIRED',
    `The plan is ${formatDuration(ageMs)} old; at most ${formatDuration(maxAgeMs)} is allowed, because users change.`,
    `Make a new plan: okta-reset plan. Or accept its age: --plan-max-age ${hours}h.`,
  );
}

export interface ConsentTerms {
  /** How many users the plan acts on. */
  readonly targets: number;
  /** How many of them are not done yet: fewer than `targets` if a run is resumed. */
  readonly remaining?: number;
  /** The run was begun before, but what the command line names is still checked. */
  readonly begun?: boolean;
  /** It is proved that this user consented to this plan on this machine, so a begun run needs no further consent. */
  readonly proved?: boolean;
  readonly host: string;
  /** SHA-256 (hex) of plan.jsonl. */
  readonly planDigest: string;
  /** `--confirm COUNT@HOST`, with or without `#DIGEST`. */
  readonly confirm: string | undefined;
  readonly yes: boolean;
  readonly maxUsers: number | undefined;
  /** The command that executes the plan. */
  readonly command?: string;
  /** Whether there is somebody to ask. */
  readonly interactive: boolean;
}

function checkConfirm(text: string, terms: ConsentTerms): void {
  const { targets, host } = terms;
  const hint = `Read the preview. If it is right: --confirm ${formatConfirmation({ count: targets, host })}`;
  const said = parseConfirmation(text);
  if (said === undefined) {
    throw refusal(
      'CONFIRM_MISMATCH',
      `“${text}” is not of the form COUNT@HOST or COUNT@HOST#DIGEST.`,
      hint,
    );
  }
  if (said.host !== host.toLowerCase()) {
    const message = `You confirmed ${said.host}; the plan is for ${host}.`;
    throw refusal('CONFIRM_MISMATCH', message, hint);
  }
  if (namesOtherPlan(said, terms.planDigest)) throw otherPlan(said, terms.planDigest);
  if (said.count !== targets && said.count !== terms.remaining) {
    const message = `You confirmed ${counted(said.count, 'user')}; the plan found ${counted(targets, 'user')}.`;
    throw refusal('CONFIRM_MISMATCH', message, hint);
  }
}

function checkMaxUsers(terms: ConsentTerms): void {
  const { maxUsers, targets } = terms;
  const affected = terms.remaining ?? targets;
  if (maxUsers === undefined) {
    throw refusal(
      'CONFIRM_MISSING',
      '--yes needs a maximum number of users.',
      `Set it: --yes --max-users ${targets}, or --confirm ${formatConfirmation({ count: targets, host: terms.host })}`,
    );
  }
  if (affected <= maxUsers) return;
  if (terms.begun === true) {
    throw refusal(
      'MAX_USERS_EXCEEDED',
      `The run has ${counted(affected, 'user')} left; --max-users allows ${counted(maxUsers, 'user')}.`,
      `A resumed run acts on all that is left. Allow that: --max-users ${affected}. Or make a new plan over fewer.`,
    );
  }
  throw refusal(
    'MAX_USERS_EXCEEDED',
    `The plan acts on ${counted(affected, 'user')}; --max-users allows ${counted(maxUsers, 'user')}.`,
    `Narrow the selection (--limit ${maxUsers}, --where), or allow it: --max-users ${affected}.`,
  );
}

/**
 * Tells whether the admin has consented: `given` by flag, or `ask` a person. Flags are checked even if there is a person to
 * ask. A plan that acts on nobody needs no consent, and neither does a begun run whose consent is proved. Throws
 * CONFIRM_MISMATCH, CONFIRM_OTHER_PLAN, MAX_USERS_EXCEEDED or CONFIRM_MISSING.
 */
export function checkConsent(terms: ConsentTerms): 'given' | 'ask' {
  const { confirm, yes, targets, remaining = targets, host, command } = terms;
  if (confirm !== undefined) {
    checkConfirm(confirm, terms);
    if (terms.maxUsers !== undefined) checkMaxUsers(terms);
    return 'given';
  }
  if (targets === 0) return 'given';
  if (yes) {
    checkMaxUsers(terms);
    return 'given';
  }
  if (terms.maxUsers !== undefined) checkMaxUsers(terms);
  if (terms.begun === true && terms.proved === true) return 'given';
  if (terms.interactive) return 'ask';
  const who = `${counted(remaining, 'user')} of ${host}`;
  throw refusal(
    'CONFIRM_MISSING',
    terms.begun === true
      ? `Your consent to this run is not saved on this machine: another user or another machine started it, or it was changed since. There is no terminal to ask in, and no flag gives consent to ${who}.`
      : `There is no terminal to ask in, and no flag gives consent to ${who}.`,
    `Give consent: ${command === undefined ? '' : `${command} `}--confirm ${formatConfirmation({ count: remaining, host })}, or --yes --max-users ${remaining} instead.`,
  );
}
