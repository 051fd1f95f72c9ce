import type { PlannedRow } from '../../domain/plan/plan.ts';
import type { Preview } from '../../domain/plan/preview.ts';
import type { User } from '../../domain/org/user.ts';
import { foldName } from '../verdicts/resolved-row.ts';

type SampleRow = Preview['sample'][number];

const SAMPLE_OF_TARGETS = 5;
const SAMPLE_PER_REASON = 3;
/** How many reasons have samples. There is a limit because statuses and providers are open sets. */
const MOST_REASONS = 12;

/** The counts of the targets that the warnings need. */
export interface TargetCounts {
  /** By provider type. Targets whose state was not read are under ''. */
  readonly byProvider: ReadonlyMap<string, number>;
  readonly admins: number;
  readonly withSecondEmail: number;
  /** Targets whose state was not read. */
  readonly unread: number;
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function hasSecondMailbox({ email, secondEmail }: User): boolean {
  return (
    secondEmail !== undefined &&
    secondEmail !== '' &&
    (email === undefined || foldName(secondEmail) !== foldName(email))
  );
}

function namesSomebody({ userId, verdict }: PlannedRow): boolean {
  if (userId !== undefined) return true;
  return verdict.kind === 'skip' && ['ambiguous', 'excluded'].includes(verdict.reason);
}

/** Counts a plan as it is made. Takes memory for the different reasons, states and columns, but none for the rows. */
export class PlanTally {
  #rows = 0;
  #targets = 0;
  #found = 0;
  #admins = 0;
  #withSecondEmail = 0;
  #unread = 0;
  readonly #skipped = new Map<string, number>();
  readonly #states = new Map<string, Map<string, number>>();
  readonly #byProvider = new Map<string, number>();
  readonly #columns = new Set<string>();
  readonly #targetSample: SampleRow[] = [];
  readonly #skipSample = new Map<string, SampleRow[]>();

  add(row: PlannedRow, live: { readonly user: User | undefined; readonly admin: boolean }): void {
    this.#rows += 1;
    for (const column in row.columns) this.#columns.add(column);
    if (namesSomebody(row)) this.#found += 1;
    if (row.status !== undefined) {
      const providers = this.#states.get(row.status) ?? new Map<string, number>();
      this.#states.set(row.status, providers);
      count(providers, row.providerType ?? '');
    }
    const { verdict } = row;
    if (verdict.kind === 'act') {
      this.#targets += 1;
      count(this.#byProvider, row.providerType ?? '');
      if (live.admin) this.#admins += 1;
      if (live.user === undefined) this.#unread += 1;
      else if (hasSecondMailbox(live.user)) this.#withSecondEmail += 1;
    } else count(this.#skipped, verdict.reason);
    this.#addToSample(row);
  }

  #addToSample(row: PlannedRow): void {
    const { verdict } = row;
    let kept = this.#targetSample;
    if (verdict.kind === 'skip') {
      const known = this.#skipSample.get(verdict.reason);
      if (known === undefined && this.#skipSample.size >= MOST_REASONS) return;
      kept = known ?? [];
      this.#skipSample.set(verdict.reason, kept);
    }
    if (kept.length >= (verdict.kind === 'act' ? SAMPLE_OF_TARGETS : SAMPLE_PER_REASON)) return;
    const { input, userId, login, status } = row;
    kept.push({ row: row.row, input, userId, login, status, verdict });
  }

  get rows(): number {
    return this.#rows;
  }

  get targets(): number {
    return this.#targets;
  }

  /** Rows that name somebody, targets or not. Without a lookup, each id does. */
  get found(): number {
    return this.#found;
  }

  /** Names of all original columns in first-seen order. */
  get columns(): readonly string[] {
    return [...this.#columns];
  }

  get skipped(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#skipped);
  }

  get statusByProvider(): Preview['statusByProvider'] {
    return Object.fromEntries(
      [...this.#states].map(([status, providers]) => [status, Object.fromEntries(providers)]),
    );
  }

  /** The first targets and the first rows of each skip reason, in plan order. */
  get sample(): Preview['sample'] {
    return [...this.#targetSample, ...[...this.#skipSample.values()].flat()].sort(
      (a, b) => a.row - b.row,
    );
  }

  get targetCounts(): TargetCounts {
    return {
      byProvider: this.#byProvider,
      admins: this.#admins,
      withSecondEmail: this.#withSecondEmail,
      unread: this.#unread,
    };
  }
}
