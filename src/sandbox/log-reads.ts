import { bits } from './chance.ts';
import { errorReply, jsonReply, type Reply } from './errors.ts';
import type { Exchange } from './exchange.ts';
import type { Credentials, Principal } from './credentials.ts';
import type { Org } from './org.ts';
import { linkHeaders, readPage } from './paging.ts';
import { parseExpression, type Operator } from './search-grammar.ts';
import { compileExpression, type Field } from './search-match.ts';
import type { LoggedEvent } from './system-log.ts';

const DAY_MS = 86_400_000;
const TEXT: ReadonlySet<Operator> = new Set<Operator>(['eq', 'sw', 'co', 'ew', 'pr']);

interface Actor {
  readonly id: string;
  readonly type: string;
  readonly alternateId: string;
  readonly displayName: string;
}

function userActor(org: Org, index: number): Actor {
  const { login, firstName, lastName } = org.people.person(index);
  return {
    id: org.userIds.idOf(index),
    type: 'User',
    alternateId: login,
    displayName: `${firstName} ${lastName}`,
  };
}

const SYSTEM: Actor = {
  id: 'okta',
  type: 'SystemPrincipal',
  alternateId: 'system@okta.com',
  displayName: 'Okta System',
};

function actorOf(org: Org, event: LoggedEvent, principal: Principal | undefined): Actor {
  if (event.type === 'system.email.delivery') return SYSTEM;
  if (principal?.user !== undefined) return userActor(org, principal.user);
  const id = principal?.id ?? 'unknown';
  return { id, type: 'PublicClientApp', alternateId: id, displayName: 'Service app' };
}

function eventJson(org: Org, event: LoggedEvent, principal: Principal | undefined): object {
  const requestId = org.requestId(event.request);
  const delivery = event.type === 'system.email.delivery';
  const target = event.user === undefined ? [] : [userActor(org, event.user)];
  return {
    actor: { ...actorOf(org, event, principal), detailEntry: null },
    client: {
      userAgent: { rawUserAgent: event.userAgent, os: 'Unknown', browser: 'UNKNOWN' },
      zone: 'null',
      device: 'Unknown',
      id: principal?.kind === 'app' ? principal.id : null,
      ipAddress: '127.0.0.1',
      geographicalContext: null,
    },
    authenticationContext: { authenticationStep: 0, externalSessionId: 'unknown' },
    displayMessage: event.message,
    eventType: event.type,
    outcome: event.failed
      ? { result: 'FAILURE', reason: delivery ? 'Bounced' : 'Refused' }
      : { result: 'SUCCESS', reason: null },
    published: new Date(event.timeMs).toISOString(),
    severity: event.failed ? 'WARN' : 'INFO',
    debugContext: { debugData: { requestId } },
    transaction: {
      type: 'WEB',
      id: requestId,
      detail: principal?.kind === 'ssws' ? { requestApiTokenId: principal.id } : {},
    },
    uuid: `${event.number.toString(16).padStart(8, '0')}-5a4d-11f0-8000-${bits(org.settings.seed, 0, 66).toString(16).padStart(12, '0')}`,
    version: '0',
    request: { ipChain: [] },
    target: target.map((one) => ({ ...one, detailEntry: null })),
  };
}

function logField(
  org: Org,
  attribute: string,
  principalOf: (number: number) => Principal | undefined,
): Field | undefined {
  const field = (read: Field['read']): Field => ({
    kind: 'text',
    operators: TEXT,
    caseSensitive: false,
    read,
  });
  const exact = (read: Field['read']): Field => ({ ...field(read), caseSensitive: true });
  const principal = (event: number): Principal | undefined =>
    principalOf(org.log.event(event).principal);
  const targets = (event: number): string[] => {
    const user = org.log.userOf(event);
    return user === undefined ? [] : [org.userIds.idOf(user)];
  };
  switch (attribute) {
    case 'eventType':
      return field((event) => org.log.typeOf(event));
    case 'target.id':
      return exact(targets);
    case 'target.type':
      return field((event) => (org.log.userOf(event) === undefined ? [] : ['User']));
    case 'actor.id':
      return exact((event) => actorOf(org, org.log.event(event), principal(event)).id);
    case 'transaction.id':
      return exact((event) => org.requestId(org.log.event(event).request));
    case 'transaction.detail.requestApiTokenId':
      return exact((event) => principal(event)?.id);
    case 'client.userAgent.rawUserAgent':
      return field((event) => org.log.event(event).userAgent);
    case 'outcome.result':
      return field((event) => (org.log.event(event).failed ? 'FAILURE' : 'SUCCESS'));
    default:
      return undefined;
  }
}

function timeOf(text: string | null, otherwise: number): number | undefined {
  if (text === null) return otherwise;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * `GET /logs`. With `until` the query is bounded and ends; without it, ascending, it polls: `next` is always there.
 * Event by event it looks at the window alone.
 */
export function listLogs(credentials: Credentials) {
  return (exchange: Exchange): Reply => {
    const { org, query, nowMs } = exchange;
    const bad = (name: string): Reply =>
      errorReply('E0000001', { detail: name, causes: [`${name}: invalid`] });
    const until = timeOf(query.get('until'), nowMs + 1);
    if (until === undefined) return bad('until');
    const since = timeOf(query.get('since'), until - 7 * DAY_MS);
    if (since === undefined) return bad('since');
    if (nowMs - since > 180 * DAY_MS) return bad('since');
    const page = readPage(exchange, 100, 1000);
    if ('body' in page) return page;
    let matches: (event: number) => boolean = () => true;
    const filter = query.get('filter');
    if (filter !== null) {
      const parsed = parseExpression(filter);
      if (parsed.kind === 'bad') return errorReply('E0000053', { causes: [parsed.problem] });
      const compiled = compileExpression(parsed.expression, (name) =>
        logField(org, name, (number) => credentials.principal(number)),
      );
      if (compiled.kind === 'bad') return errorReply('E0000053', { causes: [compiled.problem] });
      matches = compiled.matches;
    }
    const visible = org.log.firstAt(nowMs - org.settings.logDelayMs + 1);
    const first = org.log.firstAt(since);
    const end = Math.min(org.log.firstAt(until), visible);
    const down = query.get('sortOrder')?.toUpperCase() === 'DESCENDING';
    const numbers: number[] = [];
    // The cursor is a count of events passed over, from the side the order begins at.
    let passed = page.from;
    const count = Math.max(0, end - first);
    while (passed < count && numbers.length < page.limit) {
      const event = down ? end - 1 - passed : first + passed;
      if (matches(event)) numbers.push(event);
      passed += 1;
    }
    const polling = query.get('until') === null && !down;
    const next = passed < count || polling ? passed : undefined;
    const events = numbers.map((number) => {
      const event = org.log.event(number);
      return JSON.stringify(eventJson(org, event, credentials.principal(event.principal)));
    });
    return jsonReply(`[${events.join(',')}]`, 200, linkHeaders(exchange, next));
  };
}
