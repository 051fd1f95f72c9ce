/**
 * Which flags a page can fill in: those for users, action and pace, and none that names a path, a command or a credential.
 */
import { POLICY, WHAT } from '../../../config/action.ts';
import type { Flag, Group } from '../../../config/flags/flag.ts';
import { GUARDS } from '../../../config/guards.ts';
import { SECRETS } from '../../../config/output.ts';
import { PACE } from '../../../config/pace.ts';
import { WHO } from '../../../config/selection.ts';
import type { FlagInfo } from '../../api/answers.ts';

const { canary, canaryWaitMs, maxFailures, planMaxAgeMs } = GUARDS.flags;

/** The value names of flags that are a path on this machine, or something to run. */
const PLACES: ReadonlySet<string | undefined> = new Set(['FILE', 'DIR', 'COMMAND', 'RUN']);

const CHOSEN: readonly { readonly group: Pick<Group, 'title'>; readonly flags: readonly Flag[] }[] =
  [
    { group: WHO, flags: Object.values<Flag>(WHO.flags) },
    { group: WHAT, flags: Object.values<Flag>(WHAT.flags) },
    { group: POLICY, flags: Object.values<Flag>(POLICY.flags) },
    { group: GUARDS, flags: [canary, canaryWaitMs, maxFailures, planMaxAgeMs] },
    { group: PACE, flags: Object.values<Flag>(PACE.flags) },
    { group: SECRETS, flags: [SECRETS.flags.recipients] },
  ];

const taken = (flags: readonly Flag[]) => flags.filter(({ value }) => !PLACES.has(value));

/** The flags that a draft can have, as the page shows them. */
export const DRAFT_FLAGS: readonly FlagInfo[] = CHOSEN.flatMap(({ group, flags }) =>
  taken(flags).map(({ name, kind, describe, value, choices }) => ({
    name,
    kind,
    group: group.title,
    describe,
    value,
    choices,
  })),
);

const of = (...groups: readonly Pick<Group, 'title'>[]): ReadonlySet<string> =>
  new Set(
    CHOSEN.filter(({ group }) => groups.includes(group)).flatMap(({ flags }) =>
      taken(flags).map(({ name }) => name),
    ),
  );

/** The names of these flags: all of them, those for an execution, and those for a rerun or a resend. */
export const FLAGS_FOR = {
  draft: of(WHO, WHAT, POLICY, GUARDS, PACE, SECRETS),
  execute: of(GUARDS, PACE, SECRETS),
  rerun: of(WHAT, POLICY, GUARDS, PACE, SECRETS),
} as const;
