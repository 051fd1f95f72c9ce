import type { OrgReader } from '../../domain/org/org.ts';
import type { UserId } from '../../domain/org/user-id.ts';
import type { User } from '../../domain/org/user.ts';
import type { PlannedRow } from '../../domain/plan/plan.ts';
import type { Row } from '../../domain/row/row.ts';
import { resolveRows } from '../../plan/lookup/resolve-rows.ts';
import type { AppContext } from '../context.ts';
import { readPorts } from '../org/failure-error.ts';

/** The outcomes of rows, and the live state of their user, which is undefined if the org no longer has them. */
export interface Seen<T> {
  readonly of: T;
  readonly user: User | undefined;
}

/** Reads the live state of the user of each row, in order, 100 users per call. */
export async function* readLive<
  T extends {
    readonly row: Pick<PlannedRow, 'source' | 'line'> & { readonly userId: UserId };
  },
>(whom: AsyncIterable<T>, reader: OrgReader, context: AppContext): AsyncGenerator<Seen<T>> {
  const waiting = new Map<Row, T>();
  async function* rows(): AsyncGenerator<Row> {
    for await (const one of whom) {
      const { userId, line, source } = one.row;
      const row: Row = { source, line, identifier: { kind: 'id', value: userId }, columns: {} };
      waiting.set(row, one);
      yield row;
    }
  }
  let done = 0;
  const resolved = resolveRows(
    rows(),
    readPorts(reader),
    { lookup: true },
    context.interrupt.drain,
  );
  for await (const { row, resolution } of resolved) {
    const one = waiting.get(row);
    waiting.delete(row);
    if (one === undefined) throw new Error('A row came back that nobody asked for.');
    done += 1;
    if (done % 500 === 0) context.emit({ type: 'reading', what: 'lookup', done });
    yield { of: one, user: resolution.kind === 'found' ? resolution.user : undefined };
  }
}
