/**
 * What an index keeps of a journal: how far it was read, the counts, and the rows that are under way, so that what
 * comes after that point can be folded without reading what stands before it.
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

/** A user that a run acted on successfully. */
export interface Success {
  readonly userId: string;
  /** The latest moment at which the effect can have come, by Okta's clock (epoch ms). */
  readonly doneMs: number;
  /** When its outcome was written down, by this machine's clock (epoch ms). */
  readonly atMs: number;
}

/**
 * A row with an attempt and no end yet: its user, Okta's clock and this machine's at its last attempt, and whether that is
 * known to have done nothing.
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
  /** The last invocation ended in order. */
  readonly closed: boolean;
  readonly stop?: StopReason | undefined;
  readonly firstAt?: string | undefined;
  readonly lastAt?: string | undefined;
  readonly handedOver?: HandedOver | undefined;
  readonly takenUp: readonly TakenUp[];
}

/**
 * A row that was settled by reading back may end long after its effect. No effect comes later than this after its
 * attempt: the longest usual wait for an answer and minutes more.
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

/** Folds durable records, one after the other, into what an index keeps. Memory: the rows that are under way. */
export class IndexFold {
  readonly #counts: Record<OutcomeRecord['outcome'], number>;
  readonly #begun: Map<number, BegunRow>;
  #bytes: number;
  #records: number;
  #link: string;
  #invocations: number;
  #closed: boolean;
  #stop: StopReason | undefined;
  #firstAt: string | undefined;
  #lastAt: string | undefined;
  #handedOver: HandedOver | undefined;
  readonly #takenUp: TakenUp[];

  constructor(from: Checkpoint) {
    this.#counts = { ...from.counts };
    this.#begun = new Map(from.begun.map((row) => [row[0], row]));
    this.#bytes = from.bytes;
    this.#records = from.records;
    this.#link = from.link;
    this.#invocations = from.invocations;
    this.#closed = from.closed;
    this.#stop = from.stop;
    this.#firstAt = from.firstAt;
    this.#lastAt = from.lastAt;
    this.#handedOver = from.handedOver;
    this.#takenUp = [...from.takenUp];
  }

  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes the next record: its length in bytes, newline included, and its link. Returns the success that it tells of. */
  take(record: JournalRecord, bytes: number, link: string): Success | undefined {
    this.#bytes += bytes;
    this.#records += 1;
    this.#link = link;
    this.#firstAt ??= record.at;
    // Another run's doing: this one had ended before.
    if (record.kind !== 'note' || !isTie(record.note)) this.#lastAt = record.at;
    switch (record.kind) {
      case 'opened':
        this.#invocations += 1;
        this.#closed = false;
        this.#stop = undefined;
        return undefined;
      case 'attempt': {
        const { row, userId, serverTimeMs, at } = record;
        this.#begun.set(row, [row, userId, serverTimeMs, Date.parse(at), false]);
        return undefined;
      }
      case 'outcome':
        return this.#end(record);
      case 'closed':
        this.#closed = true;
        this.#stop = record.stop;
        return undefined;
      case 'note':
        if (record.note.kind === 'handed-over') this.#handedOver = record.note;
        if (record.note.kind === 'taken-up') this.#takenUp.push(record.note);
        return undefined;
      case 'effect': {
        const begun = this.#begun.get(record.row);
        if (begun !== undefined && record.effect === 'not-applied') {
          const [row, userId, serverTimeMs, atMs] = begun;
          this.#begun.set(row, [row, userId, serverTimeMs, atMs, true]);
        }
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
    this.#counts[outcome] += 1;
    const begun = this.#begun.get(row);
    this.#begun.delete(row);
    if (!isDone(record) || begun === undefined) return undefined;
    const [, userId, serverTimeMs, begunMs] = begun;
    const atMs = Date.parse(at);
    const tookMs = Math.max(0, atMs - begunMs);
    const effectMs = reconciled === true ? Math.min(tookMs, LONGEST_EFFECT_MS) : tookMs;
    return { userId, doneMs: Math.ceil(serverTimeMs + effectMs), atMs };
  }

  checkpoint(): Checkpoint {
    return {
      bytes: this.#bytes,
      records: this.#records,
      link: this.#link,
      counts: { ...this.#counts },
      begun: [...this.#begun.values()],
      invocations: this.#invocations,
      closed: this.#closed,
      stop: this.#stop,
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
      handedOver: this.#handedOver,
      takenUp: [...this.#takenUp],
    };
  }
}
