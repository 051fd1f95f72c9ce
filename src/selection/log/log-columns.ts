import type { LogEvent } from '../../domain/org/org.ts';
import type { Columns } from '../../domain/row/row.ts';
import type { Where, WhereTest } from '../../domain/row/where.ts';
import { closest } from '../../domain/closest.ts';
import { inputError, printable, quoted } from '../input-error.ts';
import { normalizeHeader } from '../layout/titles.ts';
import { cellTest } from '../rows/where.ts';

/** What is kept about the events of one person. */
export interface PersonEvents {
  readonly id: string;
  readonly login: string;
  events: number;
  firstMs: number;
  lastMs: number;
  /** The columns of the last event. */
  last: EventColumns;
}

/** The facts of one event: what it was, how it ended, and where it came from. */
export interface EventColumns {
  readonly Event: string;
  readonly Result: string;
  readonly Address: string;
  readonly Place: string;
}

const iso = (ms: number): string => new Date(ms).toISOString();

export function eventColumns(event: LogEvent): EventColumns {
  return {
    Event: printable(event.eventType),
    Result: printable(event.result ?? ''),
    Address: printable(event.clientIp ?? ''),
    Place: printable(event.place ?? ''),
  };
}

/** Returns the columns of a person's row: the last event, and the number of events. */
export function personColumns(person: PersonEvents): Columns {
  return {
    Login: person.login,
    ...person.last,
    'First event': iso(person.firstMs),
    'Last event': iso(person.lastMs),
    Events: String(person.events),
  };
}

const OF_EVENT = ['Event', 'Result', 'Address', 'Place'] as const;
const OF_PERSON = ['Login', 'First event', 'Last event', 'Events'] as const;

/** The conditions of a query, on each event and on a person's totals. */
export interface LogConditions {
  readonly ofEvent: (columns: EventColumns) => boolean;
  readonly ofPerson: (columns: Columns) => boolean;
}

type Found = readonly [column: string, holds: (cell: string) => boolean];

function findColumn(where: Where): { readonly column: string; readonly test: WhereTest } {
  const known: readonly string[] = [...OF_EVENT, ...OF_PERSON];
  for (const { column, test } of where.readings) {
    const name = known.find((title) => normalizeHeader(title) === normalizeHeader(column));
    if (name !== undefined) return { column: name, test };
  }
  const [{ column }] = where.readings;
  const near = closest(
    column.toLowerCase().slice(0, 60),
    known.map((name) => name.toLowerCase()),
  );
  const meant = known.find((name) => name.toLowerCase() === near);
  throw inputError(
    'INPUT_COLUMN_MISSING',
    `The events of --log have no column ${quoted(column)}.${meant === undefined ? '' : ` Did you mean ${quoted(meant)}?`} They have ${known.map(quoted).join(', ')}.`,
    'Name one of these in --where. Conditions on other parts of an event belong in the expression of --log itself.',
  );
}

/**
 * Finds the columns of conditions on events. Conditions on what, how and from where are checked for each event, and an event
 * that does not match is not counted. The others are checked for each person. Throws INPUT_COLUMN_MISSING.
 */
export function logConditions(where: readonly Where[]): LogConditions {
  const found = where.map((one): Found => {
    const { column, test } = findColumn(one);
    return [column, cellTest(test)];
  });
  const isOfEvent = ([column]: Found): boolean => OF_EVENT.some((name) => name === column);
  const ofEvent = found.filter(isOfEvent);
  const ofPerson = found.filter((one) => !isOfEvent(one));
  const holding = (tests: readonly Found[]) => (columns: Columns) =>
    tests.every(([column, holds]) => holds(columns[column] ?? ''));
  return { ofEvent: (columns) => holding(ofEvent)({ ...columns }), ofPerson: holding(ofPerson) };
}
