import { usage } from '../../domain/codes/app-error.ts';
import type { LogEvent } from '../../domain/org/org.ts';
import type { Row } from '../../domain/row/row.ts';
import { printable } from '../input-error.ts';
import { counted, type Notice } from '../remarks/notice.ts';
import { invalid, readIdentifier } from '../rows/identifier.ts';
import { orgOf } from '../rows/listing.ts';
import type { LogQuery, SelectionPorts } from '../selection.ts';
import {
  eventColumns,
  logConditions,
  personColumns,
  type LogConditions,
  type PersonEvents,
} from './log-columns.ts';
import { LATE_MS, readEvents, type LogWindow } from './read-events.ts';

const DAY_MS = 86_400_000;
/** How many days Okta searches by default. */
const USUAL_DAYS = 7;
/** Okta's clock is known in whole seconds, so the current second is part of the window. */
const GRAIN_MS = 1000;
/** How long Okta keeps events. Source: https://developer.okta.com/docs/reference/api/system-log/ */
const KEPT_DAYS = 90;
/** How many kinds of events without a user are named. The rest are counted. */
const MOST_KINDS = 5;
const ROWS_AT_ONCE = 500;

/** The people that events name, and the events that name nobody. */
class PeopleTally {
  readonly people = new Map<string, PersonEvents>();
  readonly #role: LogQuery['who'];
  readonly #conditions: LogConditions;
  readonly #nobody = new Map<string, number>();
  /** Of the events without such a user, how many have a user on the other side. */
  #otherSide = 0;
  events = 0;
  leftOut = 0;

  constructor(role: LogQuery['who'], conditions: LogConditions) {
    this.#role = role;
    this.#conditions = conditions;
  }

  take(event: LogEvent): void {
    this.events += 1;
    const columns = eventColumns(event);
    if (!this.#conditions.ofEvent(columns)) {
      this.leftOut += 1;
      return;
    }
    const people = event.people ?? [];
    const named = people.filter(({ role }) => role === this.#role);
    if (named.length === 0) {
      this.#nobody.set(columns.Event, (this.#nobody.get(columns.Event) ?? 0) + 1);
      if (people.length > 0) this.#otherSide += 1;
    }
    for (const id of new Set(named.map((person) => person.id))) {
      const login = printable(named.find((person) => person.id === id)?.login ?? '');
      this.#add(id, login, event, columns);
    }
  }

  #add(id: string, login: string, event: LogEvent, last: PersonEvents['last']): void {
    const { publishedMs } = event;
    const known = this.people.get(id);
    if (known === undefined) {
      const times = { firstMs: publishedMs, lastMs: publishedMs };
      this.people.set(id, { id, login, events: 1, ...times, last });
      return;
    }
    known.events += 1;
    known.firstMs = Math.min(known.firstMs, publishedMs);
    if (publishedMs < known.lastMs) return;
    known.lastMs = publishedMs;
    known.last = last;
  }

  /** Returns the message about events that name nobody; undefined if all name somebody. */
  nobody(source: string): Notice | undefined {
    const count = [...this.#nobody.values()].reduce((sum, each) => sum + each, 0);
    if (count === 0) return undefined;
    const kinds = [...this.#nobody].sort(([, a], [, b]) => b - a);
    const shown = kinds.slice(0, MOST_KINDS).map(([type, each]) => `${each} ${type}`);
    const more = kinds.length > MOST_KINDS ? [`and ${kinds.length - MOST_KINDS} other kinds`] : [];
    const other = this.#role === 'target' ? 'actor' : 'target';
    return {
      code: 'log-nobody',
      level: 'warning',
      source,
      text: `${counted(count, 'event')} with no user as ${this.#role}: ${[...shown, ...more].join(', ')}.`,
      ...(this.#otherSide === 0
        ? {}
        : { hint: `${this.#otherSide} of them name a user as ${other}: --log-who ${other}` }),
      count,
    };
  }
}

function windowOf(query: LogQuery, nowMs: number): LogWindow {
  const untilMs = query.untilMs ?? nowMs + GRAIN_MS;
  const sinceMs = query.sinceMs ?? untilMs - USUAL_DAYS * DAY_MS;
  if (sinceMs >= untilMs) {
    throw usage(
      '--log-since is not before --log-until.',
      'Both are UTC unless they name a zone; --log-until is now where it is not given.',
    );
  }
  return { filter: query.expression, sinceMs, untilMs };
}

const shown = (ms: number): string => new Date(ms).toISOString().slice(0, 19) + 'Z';

function* endNotices(
  source: string,
  window: LogWindow,
  isOpen: boolean,
  tally: PeopleTally,
): Generator<Notice> {
  yield {
    code: 'log-window',
    level: 'info',
    source,
    text: `${counted(tally.events, 'event')} from ${shown(window.sinceMs)} to ${shown(window.untilMs)}, about ${counted(tally.people.size, 'user')}.`,
  };
  if (tally.leftOut > 0) {
    const text = `${counted(tally.leftOut, 'event')} left out by --where.`;
    yield { code: 'where', level: 'info', source, text, count: tally.leftOut };
  }
  const nobody = tally.nobody(source);
  if (nobody !== undefined) yield nobody;
  if (isOpen) {
    yield {
      code: 'log-late',
      level: 'warning',
      source,
      text: `The last ${LATE_MS / 60_000} minutes were read twice, but Okta writes some events late: those of the last minutes may still be missing.`,
      hint: `Later: the same command with --log-since ${shown(window.untilMs - LATE_MS)}. Users acted on by then are left out.`,
    };
  }
}

/**
 * Lists the users that events of the System Log name, each once, in the order of their first event. The columns of a row
 * describe the events. Memory grows with the users, not with the events. Rejects with USAGE, INPUT_QUERY,
 * INPUT_COLUMN_MISSING, AUTH_PERMISSION.
 */
export async function* listLogPeople(
  query: LogQuery,
  ports: SelectionPorts,
  signal: AbortSignal,
): AsyncGenerator<readonly Row[]> {
  const reader = orgOf(ports);
  const source = `--log ${printable(query.expression)}`;
  const conditions = logConditions(query.where);
  const nowMs = reader.serverNowMs() ?? ports.nowMs?.() ?? 0;
  const window = windowOf(query, nowMs);
  const isOpen = window.untilMs > nowMs - LATE_MS;
  const keptMs = nowMs - KEPT_DAYS * DAY_MS;
  if (window.sinceMs < keptMs) {
    ports.onNotice({
      code: 'log-kept',
      level: 'warning',
      source,
      text: `Okta keeps events for ${KEPT_DAYS} days: what happened before ${shown(keptMs)} is not found.`,
      hint: 'A SIEM may have it: use its export with --file FILE.',
    });
  }
  const tally = new PeopleTally(query.who, conditions);
  // Okta refuses to search more than 180 days back.
  const kept = { ...window, sinceMs: Math.max(window.sinceMs, keptMs - DAY_MS) };
  if (kept.sinceMs < kept.untilMs) {
    for await (const events of readEvents(reader, kept, isOpen, ports, signal))
      for (const event of events) tally.take(event);
  }
  for (const notice of endNotices(source, window, isOpen, tally)) ports.onNotice(notice);
  let line = 0;
  let rows: Row[] = [];
  for (const person of tally.people.values()) {
    const columns = personColumns(person);
    if (!conditions.ofPerson(columns)) continue;
    const found = readIdentifier('id', person.id);
    const identifier = found.kind === 'fault' ? invalid(found) : found;
    rows.push({ source, line: (line += 1), identifier, columns });
    if (rows.length < ROWS_AT_ONCE) continue;
    yield rows;
    rows = [];
  }
  yield rows;
}
