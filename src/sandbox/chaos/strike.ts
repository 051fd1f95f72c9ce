import { drawFault, drawLag, type Fault, type Strike } from './chaos.ts';
import type { Reply } from '../wire/errors.ts';
import type { Exchange, Route } from '../wire/exchange.ts';
import type { Org } from '../org/org.ts';

/** Counts a fault or a lag in the org's own figures. */
function count(org: Org, fault: string): void {
  org.tally.faults[fault] = (org.tally.faults[fault] ?? 0) + 1;
}

function userOf({ org, segments }: Exchange): number | undefined {
  return org.userIds.indexOf(segments[4] ?? '');
}

const isDirectoryFault = (fault: Fault): boolean =>
  fault === 'e0000014-before' || fault === 'e0000014-after';

/** Tells whether a fault can hit a request. Some hit only writes that email, or that set a directory user's password. */
function concerns(fault: Fault, exchange: Exchange, user: number | undefined): boolean {
  const { segments, query, org } = exchange;
  const call = segments[6] ?? '';
  if (fault === 'mail-429') return call === 'reset_password' && query.get('sendEmail') !== 'false';
  if (!isDirectoryFault(fault)) return true;
  const provider = user === undefined ? undefined : org.table.providerOf(user);
  if (provider !== 'ACTIVE_DIRECTORY' && provider !== 'LDAP') return false;
  if (call === 'expire_password_with_temp_password') return true;
  const honoured = org.settings.tempPasswordQuery !== 'ignored';
  return call === 'expire_password' && honoured && query.get('tempPassword') === 'true';
}

/** Draws and counts the fault that hits a request. */
export function strikeOf(route: Route, exchange: Exchange): Strike | undefined {
  const { org, number } = exchange;
  const { chaos, seed } = org.settings;
  const user = route.write ? userOf(exchange) : undefined;
  const nth = user === undefined ? 0 : org.table.add('writes', user);
  const draws = route.write ? chaos.writes : chaos.reads;
  const strike = drawFault(draws, seed, user ?? number, nth);
  if (strike === undefined || !concerns(strike.fault, exchange, user)) return undefined;
  count(org, strike.name);
  return strike;
}

function lagging(route: Route, exchange: Exchange): Exchange {
  const { org, number } = exchange;
  const { chaos, seed } = org.settings;
  const lag = drawLag(chaos.lags, route.lags, seed, number);
  if (lag === undefined) return exchange;
  count(org, lag.name);
  return { ...exchange, lagMs: lag.lagMs };
}

/** Does what a request asks for, as far as chaos allows: reads can lag, and a directory can do only half of a write. */
export function perform(route: Route, exchange: Exchange, strike: Strike | undefined): Reply {
  if (strike?.fault !== 'e0000014-after') return route.handle(lagging(route, exchange));
  const user = userOf(exchange);
  if (user === undefined) return route.handle(exchange);
  // The password is new, but the directory refused to make the user change it.
  const { table } = exchange.org;
  const status = table.value('status', user);
  const changedS = table.value('statusChangedS', user);
  const reply = route.handle(exchange);
  table.status[user] = status;
  table.statusChangedS[user] = changedS;
  return reply;
}
