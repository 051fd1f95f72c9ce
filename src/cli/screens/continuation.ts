import { BARE_LINES, type CommandLines } from '../../domain/run/next-commands.ts';
import { shellWord } from '../../domain/shell-word.ts';
import type { StopReason } from '../../domain/run/stop.ts';
import type { Flag } from '../line/flags/flag.ts';
import { GUARDS, ORG, PACE, SECRETS } from '../line/flags/shared-flags.ts';
import { list, on, text, type Parsed } from '../line/flags/typed-flags.ts';

const AROUND: readonly Flag[] = [...PACE, ...ORG, ...SECRETS];

/** Guards that a run does not keep by itself; consent was given, and the canary stands in the journal. */
const KEPT_BY_NONE = new Set(['canary-wait', 'max-failures', 'plan-max-age']);
const FOR_RESUME = [...GUARDS.filter(({ name }) => KEPT_BY_NONE.has(name)), ...AROUND];
const FOR_RUN = [...GUARDS, ...AROUND];

/** The flags of a call as they were given, quoted for a shell, each with a blank before it. */
function given(parsed: Parsed, flags: readonly Flag[]): string {
  const words = flags.flatMap(({ name, kind }) => {
    switch (kind) {
      case 'switch':
        return on(parsed, name) ? [`--${name}`] : [];
      case 'text':
      case 'list':
        // A value that begins with a dash is one only after “=”.
        return list(parsed, name).map((value) =>
          value.startsWith('-') ? shellWord(`--${name}=${value}`) : `--${name} ${shellWord(value)}`,
        );
      default: {
        const never: never = kind;
        return never;
      }
    }
  });
  return words.map((word) => ` ${word}`).join('');
}

/** The commands that go on from a call, with those of its flags that they would lose. */
export function continuationOf(parsed: Parsed): CommandLines {
  return {
    resume: (name, unbegun) =>
      `okta-reset resume ${name}${given(parsed, unbegun === undefined ? FOR_RESUME : FOR_RUN)}`,
    run: (name) => `okta-reset run --plan ${name}${given(parsed, FOR_RUN)}`,
    rerun: (name, only) => `${BARE_LINES.rerun(name, only)}${given(parsed, AROUND)}`,
    followup: (name) => `okta-reset followup ${name}${given(parsed, ORG)}`,
  };
}

/** The commands that go on from a run of an org, which they name where the environment names another. */
export function linesFor(origin: string, orgUrl: string | undefined): CommandLines {
  const named = orgUrl?.replace(/(?<!\/)\/+$/, '').toLowerCase() === origin.toLowerCase();
  return continuationOf(named ? {} : { org: origin });
}

/** What has to be allowed so that a run goes on that its failures stopped; undefined where they did not. */
function allowed(stop: StopReason | undefined, limit: string | undefined): string | undefined {
  if (stop?.kind === 'all-not-found') return '100%';
  if (stop?.kind !== 'failure-share') return undefined;
  if (limit !== undefined && !limit.includes('%'))
    return String(stop.failed + Math.max(1, Number(limit)));
  const tenth = Math.floor((stop.failed * 10) / stop.ended);
  return `${Math.min(10, tenth + 1) * 10}%`;
}

/** The commands that go on from a run after a stop: to resume one that failures stopped, more must be allowed. */
export function linesAfter(stop: StopReason | undefined, parsed: Parsed): CommandLines {
  const limit = allowed(stop, text(parsed, 'max-failures'));
  return continuationOf(limit === undefined ? parsed : { ...parsed, 'max-failures': limit });
}
