import type { Warning } from '../../domain/plan/preview.ts';
import { counted } from './counted.ts';
import type { WarningTerms } from './warning-terms.ts';

function runsText(runs: readonly string[]): string {
  const [first = '', ...others] = runs;
  return others.length === 0 ? `run ${first}` : `run ${first} and ${others.length} more`;
}

/** What a second time would undo. */
function lossText({ spec }: WarningTerms): string {
  switch (spec.action) {
    case 'temp-password':
      return 'The temporary passwords that they were given then stop working.';
    case 'reset-password':
      return 'The links that they were given then stop working.';
    case 'expire-password':
      return '';
    default: {
      const never: never = spec.action;
      return never;
    }
  }
}

/** Says whom another run has done already: left out, or acted on once more by `--again`. */
export function repeatWarnings(terms: WarningTerms): readonly Warning[] {
  const { repeats } = terms;
  if (repeats === undefined || repeats.rows === 0) return [];
  const { rows } = repeats;
  const by = runsText(repeats.runs);
  const nothing = `nothing has changed for ${rows === 1 ? 'this user' : 'them'} since`;
  if (repeats.again) {
    const text = `--again acts a second time on ${counted(rows, 'user')} that ${by} has done already; ${nothing}. ${lossText(terms)}`;
    return [{ code: 'again', text: text.trim(), rows }];
  }
  return [
    {
      code: 'already-done',
      text: `${counted(rows, 'user')} ${rows === 1 ? 'is' : 'are'} left out: ${by} has done the same already, and ${nothing}. --again acts on them all the same.`,
      rows,
    },
  ];
}
