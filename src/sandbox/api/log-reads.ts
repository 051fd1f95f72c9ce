import type { Credentials } from '../oauth/credentials.ts';
import { errorReply, jsonReply, type Reply } from '../wire/errors.ts';
import type { Exchange } from '../wire/exchange.ts';
import { eventJson } from '../org/log/log-event.ts';
import { logField } from '../search/log-fields.ts';
import { linkHeaders, readPage } from '../wire/paging.ts';
import { parseExpression } from '../search/grammar.ts';
import { compileExpression, type Predicate } from '../search/match.ts';

const DAY_MS = 86_400_000;
const KEYWORDS = 10;
const KEYWORD_LENGTH = 40;

function timeOf(text: string | null, otherwise: number): number | undefined {
  if (text === null) return otherwise;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

const bad = (name: string): Reply =>
  errorReply('E0000001', { detail: name, causes: [`${name}: invalid`] });

/** Parses `filter` and `q` (keywords that an event must all contain), or refuses them. */
function reader(credentials: Credentials, exchange: Exchange) {
  const { org, query } = exchange;
  const text = (event: number): string => {
    const logged = org.log.event(event);
    return JSON.stringify(eventJson(org, logged, credentials.principal(logged.principal)));
  };
  const tests: Predicate[] = [];
  const words = (query.get('q') ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length > KEYWORDS || words.some((word) => word.length > KEYWORD_LENGTH))
    return bad('q');
  const filter = query.get('filter');
  if (filter !== null) {
    const parsed = parseExpression(filter, true);
    if (parsed.kind === 'bad') return errorReply('E0000053', { causes: [parsed.problem] });
    const compiled = compileExpression(parsed.expression, (name) =>
      logField(org, name, (number) => credentials.principal(number)),
    );
    if (compiled.kind === 'bad') return errorReply('E0000053', { causes: [compiled.problem] });
    tests.push(compiled.matches);
  }
  if (words.length > 0)
    tests.push((event) => {
      const whole = text(event).toLowerCase();
      return words.every((word) => whole.includes(word));
    });
  return { text, matches: (event: number) => tests.every((holds) => holds(event)) };
}

/**
 * `GET /logs`. With `until`, the query is bounded and ends. Without it, in ascending order, it polls, and there is always a
 * `next` link. Each event is checked only against the window.
 */
export function listLogs(credentials: Credentials) {
  return (exchange: Exchange): Reply => {
    const { org, query, nowMs } = exchange;
    const until = timeOf(query.get('until'), nowMs + 1);
    if (until === undefined) return bad('until');
    const since = timeOf(query.get('since'), until - 7 * DAY_MS);
    if (since === undefined) return bad('since');
    if (nowMs - since > 180 * DAY_MS) return bad('since');
    const page = readPage(exchange, 100, 1000, 0);
    if ('body' in page) return page;
    const reads = reader(credentials, exchange);
    if ('body' in reads) return reads;
    const delayMs = Math.max(org.settings.logDelayMs, exchange.lagMs);
    const visible = org.log.firstAt(nowMs - delayMs + 1);
    const first = org.log.firstAt(since);
    const end = Math.min(org.log.firstAt(until), visible);
    const down = query.get('sortOrder')?.toUpperCase() === 'DESCENDING';
    // The cursor is an event's number, so events written between two pages do not move it.
    const started = query.get('after') !== null;
    let at = down ? (started ? Math.min(page.from, end) : end) : Math.max(page.from, first);
    const left = (): boolean => (down ? at > first : at < end);
    const found: string[] = [];
    while (left() && found.length < page.limit) {
      const event = down ? at - 1 : at;
      if (reads.matches(event)) found.push(reads.text(event));
      at += down ? -1 : 1;
    }
    const polling = query.get('until') === null && !down;
    const next = (left() && page.limit > 0) || polling ? at : undefined;
    return jsonReply(`[${found.join(',')}]`, 200, linkHeaders(exchange, next));
  };
}
