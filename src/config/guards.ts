import { usage } from '../domain/codes/app-error.ts';
import { parseConfirmation } from '../domain/plan/confirmation.ts';
import { DEFAULTS } from './defaults.ts';
import { checked, group, on, one, type Values } from './flags/flag.ts';
import { duration, whole, type Kind } from './flags/kinds.ts';

/** How many rows can fail before the run stops. */
export type MaxFailures =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

const countOrPercent: Kind<MaxFailures> = {
  parse: (text, flag) => {
    const percent = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(text.trim());
    if (percent !== null && Number(percent[1]) <= 100)
      return { kind: 'percent', percent: Number(percent[1]) };
    const count = /^\d{1,9}$/.exec(text.trim());
    if (count !== null) return { kind: 'count', count: Number(count[0]) };
    throw usage(
      `--${flag} takes a number or a percentage, not “${text}”.`,
      `Examples: --${flag} 50, --${flag} 5%`,
    );
  },
};

/** How many users each wave has; none for a single 0. */
const waves: Kind<readonly number[]> = {
  parse: (text, flag) => {
    if (/^\s*0+\s*$/.test(text)) return [];
    const sizes = text.split(',').map((size) => (/^\s*\d{1,9}\s*$/.test(size) ? Number(size) : 0));
    if (sizes.every((size) => size > 0)) return sizes;
    throw usage(
      `--${flag} takes a number of users, or several with commas between them, not “${text}”.`,
      `Examples: --${flag} 5, or in waves: --${flag} 5,50,500`,
    );
  },
};

const durationOrNone: Kind<number> = {
  parse: (text, flag) => (/^0(?:ms|s|m|h)?$/.test(text.trim()) ? 0 : duration.parse(text, flag)),
};

const confirmation: Kind<string> = {
  parse: (text, flag) => {
    if (parseConfirmation(text) !== undefined) return text;
    throw usage(
      `--${flag} takes COUNT@HOST or COUNT@HOST#DIGEST, not “${text}”.`,
      `Type the number of users and the org’s host as the preview shows them: --${flag} 4812@acme.okta.com. To agree to exactly one plan, add the first eight characters of its digest: --${flag} 4812@acme.okta.com#8f3a21c4`,
    );
  },
};

export const GUARDS = checked(
  group('Guards', {
    /** `COUNT@HOST` or `COUNT@HOST#DIGEST` as typed. */
    confirm: one(
      'confirm',
      'COUNT@HOST[#DIGEST]',
      'give consent without a prompt; must match what the plan found (with DIGEST: exactly that plan)',
      confirmation,
    ),
    yes: on('yes', 'give consent without a prompt; needs --max-users'),
    maxUsers: one('max-users', 'N', 'refuse to act on more than N users', whole(0)),
    /** How many users each wave has; undefined if the flag was not given, in which case a resumed run keeps its own. */
    canary: one(
      'canary',
      'N[,N…]',
      'act on N users first and read them back; continue only if all took effect. 5,50,500: in waves, then the rest. resume keeps this',
      waves,
    ),
    canaryWaitMs: one(
      'canary-wait',
      'TIME',
      'how long the canary watches for mail scanners that open links (2m; 0: not at all)',
      durationOrNone,
      DEFAULTS.canaryWaitMs,
    ),
    maxFailures: one(
      'max-failures',
      'N|P%',
      'stop if more rows fail than this (10%, counted from row 20)',
      countOrPercent,
      { kind: 'percent', percent: DEFAULTS.maxFailurePercent } as const,
    ),
    planMaxAgeMs: one(
      'plan-max-age',
      'TIME',
      'refuse a plan that is older (24h)',
      duration,
      DEFAULTS.planMaxAgeMs,
    ),
    forceUnlock: on(
      'force-unlock',
      'take over a run that another process holds; only if you are sure that it has ended',
    ),
  }),
  (guards) => {
    if (!guards.yes || guards.maxUsers !== undefined) return guards;
    throw usage(
      '--yes needs --max-users N.',
      'Set a maximum: --yes --max-users 500. Or confirm the exact count: --confirm COUNT@HOST.',
    );
  },
);

/** What a person or a manifest guarantees, so that a run can continue automatically after its machine has died. */
export const VOLUME = checked(
  group('Guards', {
    exclusive: on(
      'exclusive-volume',
      'only one container at a time can mount the volume that the run is on (Kubernetes: ReadWriteOncePod): take over locks that another host or container left there. A process at work here keeps its lock',
    ),
  }),
  (volume, given) => {
    if (!volume.exclusive || !given.has(GUARDS.flags.forceUnlock.name)) return volume;
    throw usage(
      '--exclusive-volume and --force-unlock do not go together.',
      '--force-unlock takes over any lock whose process is not seen at work here: for a person who has looked. --exclusive-volume takes over only what another host or container left on the volume: for a manifest.',
    );
  },
);

export type GuardConfig = Values<typeof GUARDS.flags>;
