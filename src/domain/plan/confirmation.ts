import { AppError } from '../codes/app-error.ts';

/**
 * What an admin consents to: how many users, on which org, and optionally which plan. Written `4812@acme.okta.com`, or
 * `4812@acme.okta.com#8f3a21c4`.
 */
export interface Confirmation {
  readonly count: number;
  readonly host: string;
  /**
   * The start of the SHA-256 of plan.jsonl: 8 to 64 hex digits, lower case. Undefined: any plan with this count and
   * host.
   */
  readonly digest?: string | undefined;
}

/** The consent that is asked for. */
export interface WantedConsent {
  /** `COUNT@HOST`: the text to type. */
  readonly confirm: string;
  /** SHA-256 (hex) of plan.jsonl; its start can be typed after `#`. */
  readonly planDigest: string;
}

const CONFIRMATION = /^(\d{1,9})@([^\s#]+)(?:#([0-9a-f]{8,64}))?$/i;

/**
 * How many digits of a plan's digest a person reads and types: one in four billion other plans begins with the same ones.
 */
const SHOWN_DIGITS = 8;
/** How many characters of the typed text an error repeats. */
const MOST_QUOTED = 100;

/** Returns the part of a plan's digest that people are shown. */
export function shortDigest(planDigest: string): string {
  return planDigest.slice(0, SHOWN_DIGITS);
}

/** Parses `COUNT@HOST` and `COUNT@HOST#DIGEST`; undefined for any other text. Case does not matter. */
export function parseConfirmation(text: string): Confirmation | undefined {
  const match = CONFIRMATION.exec(text.trim());
  if (match === null) return undefined;
  const [, count = '', host = '', digest] = match;
  return {
    count: Number(count),
    host: host.toLowerCase(),
    ...(digest === undefined ? {} : { digest: digest.toLowerCase() }),
  };
}

/** Formats the text that a person types, with the short form of the digest. */
export function formatConfirmation({ count, host, digest }: Confirmation): string {
  return `${count}@${host}${digest === undefined ? '' : `#${shortDigest(digest)}`}`;
}

/** Tells whether a consent names a plan whose digest is not this one. A consent without a digest does not. */
export function namesOtherPlan({ digest }: Confirmation, planDigest: string): boolean {
  return digest !== undefined && !planDigest.startsWith(digest);
}

/** Makes the error of a consent that names another plan, with both digests. */
export function otherPlan({ digest = '' }: Confirmation, planDigest: string): AppError {
  const own = planDigest.slice(0, Math.max(SHOWN_DIGITS, digest.length));
  return new AppError(
    'CONFIRM_OTHER_PLAN',
    `You confirmed the plan ${digest}; this is the plan ${own}. Nothing was sent.`,
    {
      hint: 'A consent with a digest is for exactly one plan. Execute that plan (run --plan RUN), or preview this one and confirm its digest.',
    },
  );
}

/** Tells whether the typed text is the requested count and host. A digest after them is ignored. */
export function isCountAndHost(typed: string, confirm: string): boolean {
  const said = parseConfirmation(typed);
  return (
    said !== undefined &&
    formatConfirmation({ ...said, digest: undefined }) === confirm.toLowerCase()
  );
}

/** Tells whether the typed text is the requested consent. */
export function isTypedYes(
  typed: string | undefined,
  { confirm, planDigest }: WantedConsent,
): boolean {
  const said = parseConfirmation(typed ?? '');
  return (
    said !== undefined && isCountAndHost(typed ?? '', confirm) && !namesOtherPlan(said, planDigest)
  );
}

/**
 * Refuses a typed text that is not the requested consent. `hint` says how to continue. Throws CONFIRM_MISMATCH,
 * CONFIRM_OTHER_PLAN.
 */
export function checkTyped(
  typed: string | undefined,
  { confirm, planDigest }: WantedConsent,
  hint = `Type ${confirm} to go on.`,
): void {
  if (typed === undefined || typed === '')
    throw new AppError('CONFIRM_MISMATCH', 'Not confirmed. Nothing was sent.', { hint });
  if (!isCountAndHost(typed, confirm))
    throw new AppError(
      'CONFIRM_MISMATCH',
      `“${typed.slice(0, MOST_QUOTED)}” is not “${confirm}”. Nothing was sent.`,
      { hint },
    );
  const said = parseConfirmation(typed);
  if (said !== undefined && namesOtherPlan(said, planDigest)) throw otherPlan(said, planDigest);
}
