import { ACTIONS } from '../../domain/plan/action.ts';
import type { Warning } from '../../domain/plan/preview.ts';
import { counted } from '../../domain/counted.ts';
import type { WarningTerms } from './warning-terms.ts';

/** Returns the subject of what was done, with its verb. */
function runsText(runs: readonly string[]): string {
  const [first = '', ...others] = runs;
  return others.length === 0 ? `run ${first} has` : `run ${first} and ${others.length} more have`;
}

/** Says which users another run has already acted on, and whether they are left out or acted on once more by `--again`. */
export function repeatWarnings(terms: WarningTerms): readonly Warning[] {
  const { repeats, spec } = terms;
  if (repeats === undefined || repeats.rows === 0) return [];
  const { rows } = repeats;
  const by = runsText(repeats.runs);
  const nothing = `nothing has changed for ${rows === 1 ? 'this user' : 'them'} since`;
  if (repeats.again) {
    const text = `--again acts a second time on ${counted(rows, 'user')} that ${by} done already; ${nothing}. ${ACTIONS[spec.action].secondTime}`;
    return [{ code: 'again', text: text.trim(), rows }];
  }
  return [
    {
      code: 'already-done',
      text: `${counted(rows, 'user')} ${rows === 1 ? 'is' : 'are'} left out: ${by} done the same already, and ${nothing}. --again acts on them anyway.`,
      rows,
    },
  ];
}
