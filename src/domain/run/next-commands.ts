import type { OutcomeCounts } from '../row/outcome.ts';

/** The command lines that a face prints for a run; `name` is a shell word that names it. */
export interface CommandLines {
  /** Goes on with a run; one that is `unbegun` still needs the consent that was given by flag. */
  readonly resume: (name: string, unbegun?: 'unbegun') => string;
  /** Executes a plan. */
  readonly run: (name: string) => string;
  /** Makes a new run over rows of a run; `only` is an outcome, and without it those that a rerun takes by itself. */
  readonly rerun: (name: string, only?: 'failed' | 'unknown') => string;
  readonly followup: (name: string) => string;
}

/** The lines as they are typed where the environment says which org and which credential. */
export const BARE_LINES: CommandLines = {
  resume: (name) => `okta-reset resume ${name}`,
  run: (name) => `okta-reset run --plan ${name}`,
  rerun: (name, only) => `okta-reset rerun ${name}${only === undefined ? '' : ` --only ${only}`}`,
  followup: (name) => `okta-reset followup ${name}`,
};

/** Where a run stands, as far as the next commands go by it. */
export interface RunStanding {
  /** Nothing was sent yet. */
  readonly planned: boolean;
  readonly counts: OutcomeCounts;
  /** Those of the unknown rows that a resume settles. */
  readonly unsettled: number;
  /** The journal is damaged: neither resume nor rerun goes on from it. */
  readonly broken: boolean;
  /** When the run was planned (ISO 8601), and what it did: for a plan over the rows of a damaged run. */
  readonly since?: string | undefined;
  readonly action?: string | undefined;
  /** What commands call the run that has taken up what this one left. */
  readonly heir?: string | undefined;
  /** Rows that had ended here and that other runs have taken up since: theirs to go on with. */
  readonly takenUp?: number | undefined;
  /** The run brought temporary passwords or links. */
  readonly secrets?: 'none' | 'sealed' | 'plaintext';
}

export interface NextCommand {
  readonly why: string;
  readonly command: string;
}

/** The commands that go on from a run, the first one first, each with what it is for. */
export function nextCommands(
  name: string,
  standing: RunStanding,
  lines: CommandLines = BARE_LINES,
): readonly NextCommand[] {
  const { counts, heir, takenUp = 0, secrets = 'none' } = standing;
  if (standing.planned) {
    if (counts['not-attempted'] === 0) return [];
    return [{ why: 'Execute exactly this plan', command: lines.run(name) }];
  }
  const open = secrets === 'sealed' ? ' --identity KEY' : '';
  const after: readonly NextCommand[] =
    counts.succeeded === 0
      ? []
      : [
          ...(secrets === 'none'
            ? []
            : [
                {
                  why: 'Read the temporary passwords or links',
                  command: `okta-reset secrets open ${name}${open} --out secrets.csv`,
                },
              ]),
          { why: 'See who has set a new password since', command: lines.followup(name) },
        ];
  if (standing.broken) {
    if (counts.unknown === 0 || standing.since === undefined) return after;
    const action = standing.action === undefined ? '' : ` --action ${standing.action}`;
    const rows = `--file ${name}/results.csv --column _user_id --where _reason=journal-damaged`;
    return [
      {
        why: 'Plan again over the rows that cannot be read, without those reset since',
        command: `okta-reset plan ${rows} --since ${standing.since}${action}`,
      },
      ...after,
    ];
  }
  if (heir !== undefined) {
    const why = 'Another run has taken up what this one left: continue that';
    return [{ why, command: lines.resume(heir) }, ...after];
  }
  const isLeft = counts['not-attempted'] + standing.unsettled > 0;
  const next: NextCommand[] = [];
  if (isLeft) {
    next.push({
      why: 'Continue: settle what is unknown, act on the rest',
      command: lines.resume(name),
    });
  }
  const failed = Math.max(0, counts.failed - takenUp);
  if (failed > 0) {
    next.push({
      why: 'Try the failed rows again, once their cause is fixed',
      // A rerun of what is left would take it away from the resume.
      command: isLeft ? lines.rerun(name, 'failed') : lines.rerun(name),
    });
  }
  if (counts.unknown - standing.unsettled > Math.max(0, takenUp - counts.failed)) {
    next.push({
      why: 'Look up the unknown users first: this may reset some a second time',
      command: lines.rerun(name, 'unknown'),
    });
  }
  return [...next, ...after];
}
