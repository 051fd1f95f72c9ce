import { ACTION_NAMES, ACTIONS } from '../plan/action.ts';
import type { Outcome, OutcomeCounts } from '../row/outcome.ts';

/** The command lines that a face prints for a run. `name` is a shell word that names it. */
export interface CommandLines {
  /** Continues a run. An `unbegun` one still needs consent, which a flag gives. */
  readonly resume: (name: string, unbegun?: 'unbegun') => string;
  /** Executes a plan. `consent` (`COUNT@HOST#DIGEST`) is somebody else’s, and takes the place of one that a flag gave. */
  readonly run: (name: string, consent?: string) => string;
  /**
   * Makes a new run over rows of a run. `only` is an outcome; without it, the run takes the rows that a rerun takes by
   * default.
   */
  readonly rerun: (name: string, only?: 'failed' | 'unknown') => string;
  readonly followup: (name: string) => string;
}

/** The lines as they are typed if the environment names the org and the credential. */
export const BARE_LINES: CommandLines = {
  resume: (name) => `okta-reset resume ${name}`,
  run: (name, consent) =>
    `okta-reset run --plan ${name}${consent === undefined ? '' : ` --confirm ${consent}`}`,
  rerun: (name, only) => `okta-reset rerun ${name}${only === undefined ? '' : ` --only ${only}`}`,
  followup: (name) => `okta-reset followup ${name}`,
};

/** The state of a run that its next commands depend on. */
export interface RunStanding {
  /** Nothing has been sent yet. */
  readonly planned: boolean;
  readonly counts: OutcomeCounts;
  /** How many unknown rows a resume would settle. */
  readonly unsettled: number;
  /** The journal is damaged: neither resume nor rerun can continue from it. */
  readonly broken: boolean;
  /** The plan of a begun run is missing, so that only its secrets can still be read. */
  readonly planLost?: boolean;
  /** When the run was planned (ISO 8601) and what it did, for a new plan over rows that a damaged run has lost. */
  readonly since?: string | undefined;
  readonly action?: string | undefined;
  /** The name, in commands, of the run that has taken up what this one left. */
  readonly heir?: string | undefined;
  /** How many rows ended here and were taken up by other runs since. */
  readonly takenUp?: number | undefined;
  /**
   * All calls of the canary succeeded, but the run was stopped because its links were opened by a machine or had no effect.
   */
  readonly canaryStopped?: boolean | undefined;
  /** How the temporary passwords or links that the run returned are stored. */
  readonly secrets?: 'none' | 'sealed' | 'plaintext';
}

/** What a next command does, for a face that can do it itself. `name` is what a command line calls the other run. */
export type NextDeed =
  | { readonly kind: 'execute' | 'resume' | 'followup' | 'open-secrets' | 'plan-again' | 'report' }
  | { readonly kind: 'rerun'; readonly only?: readonly Outcome[] }
  | { readonly kind: 'resend'; readonly only: readonly string[]; readonly action?: string }
  | { readonly kind: 'other-run'; readonly name: string };

export interface NextCommand {
  readonly why: string;
  readonly command: string;
  readonly does: NextDeed;
}

/** What a follow-up shows, by the kind of the run's action. */
const LOOKS = {
  password: 'See who has set a new password since',
  contain: 'See who is still contained, and who has come back',
  restore: 'See the state of these users now',
} as const;

function lookAt(action: string | undefined): string {
  const known = ACTION_NAMES.find((name) => name === action);
  return LOOKS[known === undefined ? 'password' : ACTIONS[known].kind];
}

/** The command that reads the secrets of a run, if it has any. */
function openSecrets(
  name: string,
  { counts, secrets = 'none' }: RunStanding,
): readonly NextCommand[] {
  if (counts.succeeded === 0 || secrets === 'none') return [];
  const open = secrets === 'sealed' ? ' --identity KEY' : '';
  return [
    {
      why: 'Read the temporary passwords or links',
      command: `okta-reset secrets open ${name}${open} --out secrets.csv`,
      does: { kind: 'open-secrets' },
    },
  ];
}

/** The commands that show what a run has done. */
function afterwards(
  name: string,
  standing: RunStanding,
  lines: CommandLines,
): readonly NextCommand[] {
  const { counts, action } = standing;
  if (counts.succeeded === 0) return [];
  return [
    ...openSecrets(name, standing),
    {
      why: lookAt(action),
      command: lines.followup(name),
      does: { kind: 'followup' },
    },
  ];
}

/** Returns the command that makes a plan over the rows that a damaged journal has lost, as its report has marked them. */
function planAgain(name: string, { counts, since, action }: RunStanding): readonly NextCommand[] {
  if (counts.unknown === 0 || since === undefined) return [];
  const rows = `--file ${name}/results.csv --column _user_id --where _reason=journal-damaged`;
  const flag = action === undefined ? '' : ` --action ${action}`;
  return [
    {
      why: 'Make a new plan over the unreadable rows, without users who were reset since',
      command: `okta-reset plan ${rows} --since ${since}${flag}`,
      does: { kind: 'plan-again' },
    },
  ];
}

/** Returns the lines of a run whose secrets are not sealed, which continues only with that flag. */
function inClear(lines: CommandLines, { secrets }: RunStanding): CommandLines {
  if (secrets !== 'plaintext') return lines;
  const flag = '--secrets-plaintext';
  const flagged = (line: string) => (line.includes(flag) ? line : `${line} ${flag}`);
  return {
    ...lines,
    resume: (...of) => flagged(lines.resume(...of)),
    rerun: (...of) => flagged(lines.rerun(...of)),
  };
}

/** Returns the commands for the rows that a run has left: not attempted, waiting for an answer, failed or unknown. */
function goingOn(name: string, standing: RunStanding, lines: CommandLines): readonly NextCommand[] {
  const { counts, heir, takenUp = 0 } = standing;
  if (standing.broken) return planAgain(name, standing);
  if (heir !== undefined) {
    const why = 'Another run has taken up what this one left: continue that run';
    return [{ why, command: lines.resume(heir), does: { kind: 'other-run', name: heir } }];
  }
  const isLeft = counts['not-attempted'] + standing.unsettled > 0;
  const next: NextCommand[] = [];
  if (isLeft) {
    next.push({
      why: standing.canaryStopped
        ? 'Continue, when you have fixed the cause of the stop'
        : 'Continue: check what is unknown, and act on the rest',
      command: lines.resume(name),
      does: { kind: 'resume' },
    });
  }
  const failed = Math.max(0, counts.failed - takenUp);
  if (failed > 0) {
    next.push({
      why: 'Retry the failed rows, when their cause is fixed',
      // A plain rerun would take the rest away from the resume.
      command: isLeft ? lines.rerun(name, 'failed') : lines.rerun(name),
      does: isLeft ? { kind: 'rerun', only: ['failed'] } : { kind: 'rerun' },
    });
  }
  if (counts.unknown - standing.unsettled > Math.max(0, takenUp - counts.failed)) {
    next.push({
      why: 'Look up the unknown users first: this could reset some of them twice',
      command: lines.rerun(name, 'unknown'),
      does: { kind: 'rerun', only: ['unknown'] },
    });
  }
  return next;
}

/** Returns the commands that continue from a run, each with its purpose; the best one first. */
export function nextCommands(
  name: string,
  standing: RunStanding,
  lines: CommandLines = BARE_LINES,
): readonly NextCommand[] {
  if (standing.planLost) return openSecrets(name, standing);
  if (standing.planned) {
    if (standing.counts['not-attempted'] === 0) return [];
    const command = lines.run(name);
    return [{ why: 'Execute exactly this plan', command, does: { kind: 'execute' } }];
  }
  const goesOn = goingOn(name, standing, inClear(lines, standing));
  const after = afterwards(name, standing, lines);
  if (!standing.canaryStopped) return [...goesOn, ...after];
  const look = {
    why: 'First see which canary users are stuck, and how to help them',
    command: lines.followup(name),
    does: { kind: 'followup' },
  } as const;
  return [look, ...goesOn, ...after.filter(({ command }) => command !== look.command)];
}

/** The state of the users of a run and its reruns that the next commands depend on. */
export interface FollowupStanding {
  /** How many users are at each stage. */
  readonly counts: Readonly<Record<'link-dead' | 'link-used' | 'bounced' | 'came-back', number>> & {
    readonly lifted?: number;
  };
  /** The runs that were read, newest first. */
  readonly runs: readonly { readonly name: string; readonly standing: RunStanding }[];
}

/** Returns the commands that help the users of a run who are stuck, and those whom no run has reset yet. */
export function followupCommands(
  name: string,
  { counts, runs }: FollowupStanding,
  lines: CommandLines = BARE_LINES,
): readonly NextCommand[] {
  const resend = `${lines.followup(name)} --resend`;
  const byPassword = (['link-used', 'bounced'] as const).filter((state) => counts[state] > 0);
  const next: NextCommand[] = [];
  if (counts['link-dead'] > 0)
    next.push({
      why: 'Send another link',
      command: `${resend} --only link-dead`,
      does: { kind: 'resend', only: ['link-dead'] },
    });
  if (byPassword.length > 0) {
    const only = byPassword.join(',');
    next.push({
      why: 'Give a temporary password instead',
      command: `${resend} --only ${only} --action temp-password --secrets-recipient age1…`,
      does: { kind: 'resend', only: byPassword, action: 'temp-password' },
    });
  }
  if (counts['came-back'] > 0)
    next.push({
      why: 'Reset those who came back',
      command: `${resend} --only came-back`,
      does: { kind: 'resend', only: ['came-back'] },
    });
  if ((counts.lifted ?? 0) > 0)
    next.push({
      why: 'Suspend those who came back again',
      command: `${resend} --only lifted`,
      does: { kind: 'resend', only: ['lifted'] },
    });
  const names = new Set(runs.map((run) => run.name));
  const left = runs.flatMap(({ name: of, standing }) => {
    // Only a report that is written after the damage marks the rows to plan over.
    if (standing.broken)
      return [
        {
          why: 'See which users the damaged journal does not cover, and how to plan over them again',
          command: `okta-reset report ${of}`,
          does: { kind: 'report' } as const,
        },
      ];
    const { heir } = standing;
    if (heir !== undefined && names.has(heir)) return [];
    const onward = goingOn(of, standing, lines);
    return of === name
      ? onward
      : onward.map((each) => ({ ...each, does: { kind: 'other-run', name: of } as const }));
  });
  const seen = new Set(next.map(({ command }) => command));
  for (const each of left) {
    if (!seen.has(each.command)) next.push(each);
    seen.add(each.command);
  }
  return next;
}

/** Returns the command that shows repeatedly how far the users of a run are. */
export function watchCommand(name: string, lines: CommandLines = BARE_LINES): string {
  return `${lines.followup(name)} --watch`;
}
