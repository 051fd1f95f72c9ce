import { mainStepOf, type ActionSpec } from '../domain/plan/action.ts';
import { STEPS, type Step } from '../domain/plan/step.ts';
import type { JournalRecord, OutcomeRecord } from '../domain/run/journal-record.ts';
import type { SecretMention } from '../domain/secret-sink.ts';
import { readLines } from './line-reader.ts';
import { parseRecord } from './parse-record.ts';

/** What a journal says of the secrets of its run. */
export interface SecretMentions {
  /** The secret of a row that holds: the last that the journal speaks of, unless a later attempt may have replaced it. */
  readonly of: (row: number) => SecretMention | undefined;
  /** Rows that ended as `succeeded`, in the order they ended. */
  readonly succeeded: Iterable<number>;
}

class Mentions implements SecretMentions {
  readonly #last = new Map<number, SecretMention>();
  readonly succeeded = new Set<number>();
  readonly #spec: ActionSpec;

  constructor(spec: ActionSpec) {
    this.#spec = spec;
  }

  #bringsSecret(step: Step): boolean {
    return STEPS[step].brings(this.#spec) !== undefined;
  }

  of(row: number): SecretMention | undefined {
    return this.#last.get(row);
  }

  take(record: JournalRecord): void {
    switch (record.kind) {
      case 'attempt':
        // From here on the one before may be dead.
        if (this.#bringsSecret(record.step)) this.#last.delete(record.row);
        return;
      case 'effect': {
        const { row, attempt, secret: kept, effect, step } = record;
        if (record.reconciled === true) {
          this.#forget(row);
          return;
        }
        if (kept !== undefined || (effect === 'applied' && this.#bringsSecret(step)))
          this.#last.set(row, { attempt, kept });
        return;
      }
      case 'outcome':
        this.#end(record);
        return;
      case 'opened':
      case 'closed':
      case 'note':
        return;
      default: {
        const never: never = record;
        return never;
      }
    }
  }

  /** A read has shown that the step took effect by a password whose secret is not at hand. */
  #forget(row: number): void {
    this.#last.delete(row);
  }

  #end(record: OutcomeRecord): void {
    const { row, outcome, attempts, secret: kept, step = mainStepOf(this.#spec) } = record;
    if (outcome === 'succeeded') this.succeeded.add(row);
    if (record.reason === 'secret-lost') {
      this.#forget(row);
      return;
    }
    const isIts = outcome === 'succeeded' && this.#bringsSecret(step);
    if (kept !== undefined || isIts) this.#last.set(row, { attempt: attempts, kept });
  }
}

/**
 * Reads what the first `records` records of a journal, those that a replay has checked, say of the secrets of its run.
 * Rejects with the system’s error, or `signal.reason` after an abort.
 */
export async function readSecretMentions(
  path: string,
  run: { readonly spec: ActionSpec; readonly records: number },
  signal?: AbortSignal,
): Promise<SecretMentions> {
  const mentions = new Mentions(run.spec);
  let left = run.records;
  await readLines(
    path,
    (line, start, end) => {
      if (left === 0) return false;
      left -= 1;
      const parsed = parseRecord(line.toString('utf8', start, end));
      if (parsed !== undefined) mentions.take(parsed.record);
      return true;
    },
    signal,
  );
  return mentions;
}
