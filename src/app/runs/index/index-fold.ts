/**
 * What an index stores about a journal: how far it was read, the counts, and the rows in progress, so that later records can
 * be folded without reading the earlier ones.
 */
import type {
  HandedOver,
  JournalRecord,
  OutcomeRecord,
  TakenUp,
} from '../../../domain/run/journal-record.ts';
import { isDone } from '../../../domain/row/partly-done.ts';
import { isTie } from '../../../domain/run/journal-record.ts';
import type { StopReason } from '../../../domain/run/stop.ts';
import { emptyHead } from '../../../journal/chain.ts';

/** A user on whom a run acted successfully. */
export interface Success {
  readonly userId: string;
  /** The latest time at which the effect can have come, by Okta's clock (epoch ms). */
  readonly doneMs: number;
  /** When its outcome was recorded, by this machine's clock (epoch ms). */
  readonly atMs: number;
}

/**
 * A row with an attempt and no end yet: its user, the time of its last attempt by Okta's clock and by this machine's, and
 * whether that attempt is known to have had no effect.
 */
type BegunRow = readonly [
  row: number,
  userId: string,
  serverTimeMs: number,
  atMs: number,
  undone: boolean,
];

/** The state of an index at one byte of the journal. */
export interface Checkpoint {
  readonly bytes: number;
  readonly records: number;
  readonly link: string;
  readonly counts: Readonly<Record<OutcomeRecord['outcome'], number>>;
  readonly begun: readonly BegunRow[];
  readonly invocations: number;
  /** The last invocation ended in an orderly way. */
  readonly closed: boolean;
  readonly stop?: StopReason | undefined;
  readonly firstAt?: string | undefined;
  readonly lastAt?: string | undefined;
  readonly handedOver?: HandedOver | undefined;
  readonly takenUp: readonly TakenUp[];
}

/**
 * A row that was settled by reading back can end long after its effect. The effect comes at most this long after its
 * attempt: the longest usual wait for an answer, and a few more minutes.
 */
const LONGEST_EFFECT_MS = 5 * 60_000;

export function emptyCheckpoint(runId: string): Checkpoint {
  return {
    bytes: 0,
    records: 0,
    link: emptyHead(runId).link,
    counts: { succeeded: 0, skipped: 0, failed: 0, unknown: 0 },
    begun: [],
    invocations: 0,
    closed: false,
    takenUp: [],
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Folds durable records, one after the other, into the content of an index. Memory is needed only for rows in progress. */
export class IndexFold {
  readonly #at: Mutable<Omit<Checkpoint, 'begun'>>;
  readonly #begun: Map<number, BegunRow>;

  constructor({ begun, ...from }: Checkpoint) {
    this.#at = from;
    this.#begun = new Map(begun.map((row) => [row[0], row]));
  }

  get records(): number {
    return this.#at.records;
  }

  get bytes(): number {
    return this.#at.bytes;
  }

  checkpoint(): Checkpoint {
    return { ...this.#at, begun: [...this.#begun.values()] };
  }

  /**
   * Folds the next record, given its length in bytes with the newline, and its link. Returns the success that it records, if
   * any.
   */
  take(record: JournalRecord, bytes: number, link: string): Success | undefined {
    const at = this.#at;
    at.bytes += bytes;
    at.records += 1;
    at.link = link;
    at.firstAt ??= record.at;
    // Another run wrote it, after this one had ended.
    if (record.kind !== 'note' || !isTie(record.note)) at.lastAt = record.at;
    switch (record.kind) {
      case 'opened':
        at.invocations += 1;
        at.closed = false;
        at.stop = undefined;
        return undefined;
      case 'attempt': {
        const { row, userId, serverTimeMs } = record;
        this.#begun.set(row, [row, userId, serverTimeMs, Date.parse(record.at), false]);
        return undefined;
      }
      case 'outcome':
        return this.#end(record);
      case 'closed':
        at.closed = true;
        at.stop = record.stop;
        return undefined;
      case 'note':
        if (record.note.kind === 'handed-over') at.handedOver = record.note;
        if (record.note.kind === 'taken-up') at.takenUp = [...at.takenUp, record.note];
        return undefined;
      case 'effect': {
        const begun = this.#begun.get(record.row);
        if (begun !== undefined && record.effect === 'not-applied')
          this.#begun.set(record.row, [begun[0], begun[1], begun[2], begun[3], true]);
        return undefined;
      }
      default: {
        const never: never = record;
        return never;
      }
    }
  }

  #end(record: OutcomeRecord): Success | undefined {
    const { row, outcome, at, reconciled } = record;
    const { counts } = this.#at;
    this.#at.counts = { ...counts, [outcome]: counts[outcome] + 1 };
    const begun = this.#begun.get(row);
    this.#begun.delete(row);
    if (!isDone(record) || begun === undefined) return undefined;
    const [, userId, serverTimeMs, begunMs] = begun;
    const atMs = Date.parse(at);
    const tookMs = Math.max(0, atMs - begunMs);
    const effectMs = reconciled === true ? Math.min(tookMs, LONGEST_EFFECT_MS) : tookMs;
    return { userId, doneMs: Math.ceil(serverTimeMs + effectMs), atMs };
  }
}
