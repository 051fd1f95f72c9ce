import type { Outcome } from '../../domain/row/outcome.ts';
import { OUTCOMES } from '../../domain/row/outcome.ts';
import type { ResultRow } from '../../domain/row/result.ts';
import type { Summary } from '../../domain/run/summary.ts';
import type { Timeline } from '../../domain/run/timeline.ts';
import type { FailureGroup, ListedRow, ReportContent } from '../report-content.ts';
import { clip } from '../wording.ts';
import { NO_ANSWER, OTHER } from './reasons.ts';

/** If there are more different codes than this, they are counted together, so that a faulty org cannot fill the memory. */
const MAX_KEYS = 200;
const MAX_EXAMPLES = 3;
const MAX_LEFT = 100;
const MAX_FIRST = 25;

interface Group {
  failed: number;
  unknown: number;
  readonly message: string | undefined;
  readonly examples: ListedRow[];
}

/** Returns the code that failed and unknown rows are grouped by: Okta's, or ours if Okta did not answer. */
export function errorKey(row: Pick<ResultRow, 'oktaErrorCode' | 'reason' | 'httpStatus'>): string {
  if (row.oktaErrorCode !== undefined) return row.oktaErrorCode;
  if (row.reason !== undefined) return clip(row.reason, 80);
  return row.httpStatus === undefined ? NO_ANSWER : `HTTP ${row.httpStatus}`;
}

function listed(row: ResultRow): ListedRow {
  return {
    row: row.row,
    who: clip(row.login ?? row.input, 120),
    userId: row.userId,
    outcome: row.outcome,
    why: clip(
      row.oktaErrorCode ?? row.reason ?? (row.outcome === 'succeeded' ? '' : row.outcome),
      120,
    ),
    requestId: row.oktaRequestId,
  };
}

/** Counts result rows as they pass, in memory that does not grow with them. */
export class Tally {
  /** Undefined if the replay has already counted, which is better, because it saw every attempt. */
  readonly #timeline: Timeline | undefined;
  readonly #counts: Record<Outcome, number> = {
    succeeded: 0,
    skipped: 0,
    failed: 0,
    unknown: 0,
    'not-attempted': 0,
  };
  readonly #reasons = new Map<string, number>();
  readonly #skips = new Map<string, number>();
  readonly #groups = new Map<string, Group>();
  readonly #left: ListedRow[] = [];
  readonly #first: ListedRow[] = [];

  constructor(timeline: Timeline | undefined) {
    this.#timeline = timeline;
  }

  add(row: ResultRow): void {
    this.#counts[row.outcome] += 1;
    if (this.#first.length < MAX_FIRST) this.#first.push(listed(row));
    switch (row.outcome) {
      case 'failed':
      case 'unknown':
        this.#addFailure(row, row.outcome);
        this.#addLeft(row);
        break;
      case 'not-attempted':
        this.#addLeft(row);
        this.#addReason(row);
        break;
      case 'skipped':
        this.#addReason(row, this.#skips);
        this.#addReason(row);
        break;
      case 'succeeded':
        this.#addReason(row);
        break;
      default: {
        const never: never = row.outcome;
        return never;
      }
    }
    if (this.#timeline !== undefined && row.finishedAt !== undefined) {
      addTime(this.#timeline, row, Date.parse(row.finishedAt));
    }
  }

  /** Returns the counts of summary.json: by outcome, by reason, and by error for failed and unknown rows. */
  counts(): Pick<Summary, 'rows' | 'counts' | 'byReason' | 'byError'> {
    const byError = [...this.#groups].map(([code, g]) => [code, g.failed + g.unknown] as const);
    return {
      rows: OUTCOMES.reduce((sum, outcome) => sum + this.#counts[outcome], 0),
      counts: { ...this.#counts },
      byReason: Object.fromEntries(mostFirst([...this.#reasons])),
      byError: Object.fromEntries(mostFirst(byError)),
    };
  }

  failures(): readonly FailureGroup[] {
    return [...this.#groups]
      .map(([code, group]) => ({ code, ...group }))
      .sort((a, b) => b.failed + b.unknown - (a.failed + a.unknown));
  }

  skips(): ReportContent['skips'] {
    return mostFirst([...this.#skips]).map(([reason, rows]) => ({ reason, rows }));
  }

  left(): readonly ListedRow[] {
    return this.#left;
  }

  first(): readonly ListedRow[] {
    return this.#first;
  }

  #addReason(row: ResultRow, reasons = this.#reasons): void {
    if (row.reason === undefined) return;
    const key = bounded(reasons, clip(row.reason, 80));
    reasons.set(key, (reasons.get(key) ?? 0) + 1);
  }

  #addFailure(row: ResultRow, outcome: 'failed' | 'unknown'): void {
    const key = bounded(this.#groups, errorKey(row));
    let group = this.#groups.get(key);
    if (group === undefined) {
      const message = row.oktaError === undefined ? undefined : clip(row.oktaError, 300);
      group = { failed: 0, unknown: 0, message, examples: [] };
      this.#groups.set(key, group);
    }
    group[outcome] += 1;
    if (group.examples.length < MAX_EXAMPLES) group.examples.push(listed(row));
  }

  #addLeft(row: ResultRow): void {
    if (this.#left.length < MAX_LEFT) this.#left.push(listed(row));
  }
}

function addTime(timeline: Timeline, row: ResultRow, atMs: number): void {
  const { outcome } = row;
  timeline.add('calls', atMs, row.attempts);
  if (outcome === 'succeeded' || outcome === 'failed' || outcome === 'unknown') {
    timeline.add(outcome, atMs);
  }
}

function bounded(seen: ReadonlyMap<string, unknown>, key: string): string {
  return seen.has(key) || seen.size < MAX_KEYS ? key : OTHER;
}

function mostFirst(pairs: (readonly [string, number])[]): (readonly [string, number])[] {
  return pairs.sort(([, a], [, b]) => b - a);
}
