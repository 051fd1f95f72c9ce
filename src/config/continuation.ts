import { BARE_LINES, type CommandLines } from '../domain/run/next-commands.ts';
import { shellWord } from '../domain/shell-word.ts';
import type { StopReason } from '../domain/run/stop.ts';
import type { Flag, Given } from './flags/flag.ts';
import { GUARDS, VOLUME } from './guards.ts';
import { ORG } from './org.ts';
import { HOOKS, SECRETS } from './output.ts';
import { PACE } from './pace.ts';

const FOR_FOLLOWUP: readonly Flag[] = Object.values(ORG.flags);
const AROUND = [
  ...Object.values(PACE.flags),
  ...FOR_FOLLOWUP,
  ...Object.values(SECRETS.flags),
  HOOKS.flags.hook,
];
const FOR_RUN = [...Object.values(GUARDS.flags), ...Object.values(VOLUME.flags), ...AROUND];

/** The guards that a run does not store. Consent was given, and the canary is in the journal. */
const { canaryWaitMs, maxFailures, planMaxAgeMs, confirm, yes } = GUARDS.flags;
const FOR_RESUME = [canaryWaitMs, maxFailures, planMaxAgeMs, ...AROUND];
const FOR_ANOTHER_PERSON = FOR_RUN.filter((flag) => flag !== confirm && flag !== yes);

/** Returns the flags of a call as they were given, quoted for a shell, each after a space. */
export function flagsAsTyped(given: Given, flags: readonly Flag[]): string {
  const words = flags.flatMap(({ name }) => {
    const values = given.get(name);
    if (values?.length === 0) return [`--${name}`];
    // A value that begins with a dash counts as a value only after “=”.
    return (values ?? []).map((value) =>
      value.startsWith('-') ? shellWord(`--${name}=${value}`) : `--${name} ${shellWord(value)}`,
    );
  });
  return words.map((word) => ` ${word}`).join('');
}

/** Returns the commands that continue from a call, with those of its flags that they would lose. */
export function continuationOf(given: Given): CommandLines {
  return {
    resume: (name, unbegun) =>
      `okta-reset resume ${name}${flagsAsTyped(given, unbegun === undefined ? FOR_RESUME : FOR_RUN)}`,
    run: (name, consent) =>
      `${BARE_LINES.run(name)}${flagsAsTyped(given, consent === undefined ? FOR_RUN : FOR_ANOTHER_PERSON)}${consent === undefined ? '' : ` --confirm ${consent}`}`,
    rerun: (name, only) => `${BARE_LINES.rerun(name, only)}${flagsAsTyped(given, AROUND)}`,
    followup: (name) => `okta-reset followup ${name}${flagsAsTyped(given, FOR_FOLLOWUP)}`,
  };
}

/** Returns the commands that continue from a run. They name its org if the environment names another one. */
export function linesFor(origin: string, orgUrl: string | undefined): CommandLines {
  const named = orgUrl?.replace(/(?<!\/)\/+$/, '').toLowerCase() === origin.toLowerCase();
  return continuationOf(new Map(named ? [] : [[ORG.flags.org.name, [origin]]]));
}

/** Returns what must be allowed so that a run which was stopped by failures can continue; undefined if it was not. */
function allowed(stop: StopReason | undefined, limit: string | undefined): string | undefined {
  if (stop?.kind === 'all-not-found') return '100%';
  if (stop?.kind !== 'failure-share') return undefined;
  if (limit !== undefined && !limit.includes('%'))
    return String(stop.failed + Math.max(1, Number(limit)));
  const tenth = Math.floor((stop.failed * 10) / stop.ended);
  return `${Math.min(10, tenth + 1) * 10}%`;
}

/** Returns the commands that continue a run after a stop. To resume a run that failures stopped, more must be allowed. */
export function linesAfter(stop: StopReason | undefined, given: Given): CommandLines {
  const limit = allowed(stop, given.get(maxFailures.name)?.[0]);
  return continuationOf(
    limit === undefined ? given : new Map([...given, [maxFailures.name, [limit]]]),
  );
}
