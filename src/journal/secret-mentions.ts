import { mainStepOf, type ActionSpec } from '../domain/plan/action.ts';
import { STEPS, type Step } from '../domain/plan/step.ts';
import type { JournalRecord, OutcomeRecord } from '../domain/run/journal-record.ts';
import type { SecretMention } from '../domain/secret-sink.ts';
import { emptyHead } from './chain.ts';
import { changedWhileRead } from './outcome-reader.ts';
import { readRecords } from './read-records.ts';
import type { Replay } from './replay.ts';

/** How far a replay has checked the journal. */
type ReplayedHead = Pick<Replay, 'records' | 'chainHead'>;

/** What a journal says about the secrets of its run. */
export interface SecretMentions {
  /** The valid secret of a row: the last one that the journal mentions, unless a later attempt might have replaced it. */
  readonly of: (row: number) => SecretMention | undefined;
  /** How many rows have a valid secret. */
  readonly count: number;
  /** Rows that ended as `succeeded`, in the order in which they ended. */
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

  get count(): number {
    return this.#last.size;
  }

  take(record: JournalRecord): void {
    switch (record.kind) {
      case 'attempt':
        // From here on, the earlier secret might be invalid.
        if (this.#bringsSecret(record.step)) this.#last.delete(record.row);
        return;
      case 'effect': {
        const { row, attempt, secret: kept, effect, step } = record;
        // How an added step is settled says nothing about the secret.
        if (!this.#bringsSecret(step)) return;
        if (record.reconciled === true) {
          this.#forget(row);
          return;
        }
        if (kept !== undefined || effect === 'applied') this.#last.set(row, { attempt, kept });
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

  /** Forgets a secret, because a read has shown that the step took effect with a password that is lost. */
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
 * Reads what the records of a journal up to `head`, which a replay has already checked, say about the secrets of its run.
 * Rejects with RUN_DAMAGED if they have changed, with the system's error, or with `signal.reason` after an abort.
 */
export async function readSecretMentions(
  path: string,
  run: { readonly runId: string; readonly spec: ActionSpec; readonly head: ReplayedHead },
  signal?: AbortSignal,
): Promise<SecretMentions> {
  const mentions = new Mentions(run.spec);
  const { records, chainHead } = run.head;
  if (records === 0) return mentions;
  const { head } = await readRecords(
    path,
    emptyHead(run.runId),
    (record) => {
      mentions.take(record);
      return undefined;
    },
    { signal, until: records },
  );
  if (head.link !== chainHead) throw changedWhileRead(path);
  return mentions;
}
