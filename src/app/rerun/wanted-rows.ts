import { AppError } from '../../domain/codes/app-error.ts';
import { OUTCOMES, type Outcome } from '../../domain/row/outcome.ts';
import { PARTLY_DONE } from '../../domain/row/partly-done.ts';
import type { SkipReason } from '../../domain/plan/verdict.ts';

/** Which rows of an earlier run to take: by how they ended, and by Okta's code. */
export interface WantedRows {
  readonly outcomes: ReadonlySet<Outcome>;
  /** Undefined: any code. */
  readonly errors: ReadonlySet<string> | undefined;
  /** By their numbers in the run; undefined: any number. */
  readonly rows: ReadonlySet<number> | undefined;
  /** Also take rows that another run has already taken up. */
  readonly again: boolean;
}

/** How a row ended, as far as the choice depends on it. */
export interface Ending {
  readonly outcome: Outcome;
  readonly reason: string | undefined;
  readonly oktaErrorCode: string | undefined;
  /** Its number in the run; undefined if a file does not say. */
  readonly row: number | undefined;
}

/** A file can contain anything as a code, so only this many are counted separately. */
const MOST_CODES = 20;

function countedText(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, rows]) => `${rows} ${name}`).join(', ');
}

/**
 * Reasons of skipped rows that always stay out, because a rerun does not know what excluded them, and no live state shows
 * it.
 */
const STAY_OUT: ReadonlySet<string> = new Set(['excluded', 'duplicate'] satisfies SkipReason[]);

/** Chooses rows of an earlier run, and counts how all of them ended, for the message if none is chosen. */
export class RowFilter {
  readonly #wanted: WantedRows;
  readonly #isSame: boolean;
  readonly #outcomes = new Map<string, number>();
  readonly #codes = new Map<string, number>();
  readonly #stayOut = new Map<string, number>();
  #chosen = 0;
  #unknown = 0;

  /** `isSame`: the same action is to be repeated. */
  constructor(wanted: WantedRows, isSame: boolean) {
    this.#wanted = wanted;
    this.#isSame = isSame;
  }

  /**
   * Tells whether a row that ended in this way is wanted. An excluded row or a duplicate never is, nor is a row whose main
   * step took effect if the same action would be repeated.
   */
  wants({ outcome, reason, oktaErrorCode: oktaCode, row }: Ending): boolean {
    const { outcomes, errors, rows: numbers } = this.#wanted;
    if (numbers !== undefined && (row === undefined || !numbers.has(row))) return false;
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    if (!outcomes.has(outcome)) return false;
    const isPartly = reason === PARTLY_DONE && this.#isSame;
    if (reason !== undefined && (isPartly || (outcome === 'skipped' && STAY_OUT.has(reason)))) {
      this.#stayOut.set(reason, (this.#stayOut.get(reason) ?? 0) + 1);
      return false;
    }
    const rows = oktaCode === undefined ? undefined : this.#codes.get(oktaCode);
    if (oktaCode !== undefined && (rows !== undefined || this.#codes.size < MOST_CODES))
      this.#codes.set(oktaCode, (rows ?? 0) + 1);
    const wanted = errors === undefined || (oktaCode !== undefined && errors.has(oktaCode));
    if (wanted) this.#chosen += 1;
    if (wanted && outcome === 'unknown') this.#unknown += 1;
    return wanted;
  }

  /** How many chosen rows have an unknown effect. */
  get unknown(): number {
    return this.#unknown;
  }

  /** Returns what was left out although its outcome was wanted; undefined if nothing was. */
  stayedOut(source: string): string | undefined {
    if (this.#stayOut.size === 0) return undefined;
    return `${source}: rows that were excluded, are duplicates or are partly done are left out (${countedText(this.#stayOut)}).`;
  }

  /** Throws INPUT_NOTHING_SELECTED if no row was chosen. `source` names what was read. */
  refuseNone(source: string): void {
    if (this.#chosen > 0 || this.#outcomes.size === 0) return;
    const { outcomes, errors } = this.#wanted;
    const ended = new Map(
      OUTCOMES.flatMap((outcome) => {
        const rows = this.#outcomes.get(outcome);
        return rows === undefined ? [] : [[outcome, rows] as const];
      }),
    );
    const wanted = [...outcomes].join(' or ');
    const coded = errors === undefined ? '' : ` with ${[...errors].join(' or ')}`;
    const codes = countedText(this.#codes);
    throw new AppError(
      'INPUT_NOTHING_SELECTED',
      `${source} has no row that is ${wanted}${coded}.`,
      {
        hint: [
          `Its rows: ${countedText(ended)}.`,
          ...(this.#stayOut.size === 0
            ? []
            : ['Excluded rows, duplicates and partly done rows are always left out.']),
          ...(codes === '' ? [] : [`Codes among those: ${codes}.`]),
          `Choose others with --only${errors === undefined ? '' : ' and --error'}. Nothing was sent.`,
        ].join(' '),
      },
    );
  }
}
