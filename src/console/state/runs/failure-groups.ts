import { explainCode, failureCodeOf, OTHER } from '../../../app/runs/run-content.ts';
import { findErrorEntry } from '../../../domain/codes/okta-error.ts';
import type { AppEvent } from '../../../domain/run/event.ts';
import { BOUNDS } from '../../api/bounds.ts';
import type { FailureGroup } from '../../api/live.ts';

const MOST_EXAMPLES = 3;

type RowEvent = Extract<AppEvent, { readonly type: 'row' }>;

/** Explains a code or reason for a group of failures. */
export function explained(
  code: string,
): Pick<FailureGroup, 'meaning' | 'who' | 'remedy' | 'again'> {
  const entry = explainCode(code);
  return {
    meaning: entry?.meaning,
    who: entry?.who,
    remedy: entry?.how,
    // A rerun chooses rows by Okta's code.
    again: findErrorEntry(code) !== undefined,
  };
}

/** Groups failed and unknown rows by code as they come, in memory that does not grow with them. */
export class FailureGroups {
  readonly #groups = new Map<
    string,
    {
      rows: number;
      unknown: number;
      readonly message: string | undefined;
      readonly examples: FailureGroup['examples'][number][];
    }
  >();

  add({ row, login, outcome, oktaCode, reason, status, message }: RowEvent): void {
    const named = failureCodeOf({ oktaErrorCode: oktaCode, reason, httpStatus: status });
    const isFull = this.#groups.size >= BOUNDS.failureGroups;
    const code = this.#groups.has(named) || !isFull ? named : OTHER;
    const group = this.#groups.get(code) ?? { rows: 0, unknown: 0, message, examples: [] };
    group.rows += 1;
    if (outcome === 'unknown') group.unknown += 1;
    if (group.examples.length < MOST_EXAMPLES) group.examples.push({ row, login });
    this.#groups.set(code, group);
  }

  /** Returns the groups, the most frequent first. */
  list(): readonly FailureGroup[] {
    return [...this.#groups]
      .map(([code, { rows, unknown, message, examples }]) => ({
        ...{ code, rows, unknown, message, examples: [...examples] },
        ...explained(code),
      }))
      .sort((a, b) => b.rows - a.rows);
  }
}
