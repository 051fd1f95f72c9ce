import { EMPTY_OBJECT, errorReply, jsonReply, NO_CONTENT, type Reply } from '../wire/errors.ts';
import { flag, type Exchange } from '../wire/exchange.ts';
import { LINK_OPENED } from '../org/mail-scanner.ts';
import { rule, type LifecycleCall } from '../org/lifecycle.ts';
import { mayCall, reachesAdmin } from '../org/roles.ts';
import type { Provider, Status } from '../org/mix.ts';
import type { LogEventType } from '../org/log/system-log.ts';
import { PROVIDER_CODE } from '../org/user-table.ts';
import { resolveUser } from './user-lookup.ts';
import { userJson } from './user-json.ts';

function record(exchange: Exchange, type: LogEventType, index: number, failed = false): void {
  exchange.org.log.add({
    type,
    timeMs: exchange.nowMs,
    user: index,
    principal: exchange.principal.number,
    request: exchange.number,
    userAgent: exchange.headers['user-agent'] ?? '',
    failed,
  });
}

function badFlag(name: string): Reply {
  return errorReply('E0000001', { detail: name, causes: [`${name}: must be true or false`] });
}

function revokeSessions(exchange: Exchange, index: number): void {
  const { table } = exchange.org;
  table.sessions[index] = 0;
  table.add('sessionRevocations', index);
  record(exchange, 'user.session.clear', index);
}

/** Sends an email, or answers E0000118 if the last one to this user is too recent. */
function tooFresh(exchange: Exchange, index: number): Reply | undefined {
  const { settings, table, tally } = exchange.org;
  const lastS = table.value('mailedS', index);
  if (settings.mailGapMs === 0 || lastS === 0) return undefined;
  if (exchange.nowMs - lastS * 1000 >= settings.mailGapMs) return undefined;
  tally.throttled.mail += 1;
  return errorReply('E0000118');
}

function sendMail(
  exchange: Exchange,
  index: number,
  type: 'reset-password' | 'forgot-password' | 'activation',
): void {
  const { org } = exchange;
  org.mail(index, type, exchange.nowMs);
  record(exchange, 'system.email.delivery', index, org.bounces(index));
  if (type === 'activation' || !org.scanner.open(index)) return;
  record(exchange, LINK_OPENED[org.settings.engine], index, org.settings.engine === 'classic');
}

/** Checks a call against the status matrix and the directory agents; `act` is the effect of an allowed one. */
function lifecycle(
  exchange: Exchange,
  call: LifecycleCall,
  index: number,
  act: (to: ReturnType<typeof rule> & { readonly kind: 'allowed' }) => Reply,
): Reply {
  const { org } = exchange;
  if (!mayCall(org.settings.roles, call)) return errorReply('E0000006');
  if (org.isAdmin(index) && !reachesAdmin(org.settings.roles, org.rolesOf(index)))
    return errorReply('E0000006');
  if (org.outOfReach.has(index)) return errorReply('E0000006');
  const ruling = rule(call, org.table.statusOf(index), org.table.providerOf(index));
  if (ruling.kind === 'refused') {
    return errorReply(ruling.code, ruling.cause === undefined ? {} : { causes: [ruling.cause] });
  }
  const trouble = org.agentTrouble(index);
  if (trouble === 'denied') return errorReply('E0000006');
  if (trouble === 'absent') return errorReply('E0000241');
  if (trouble === 'timeout') return errorReply('E0000240');
  const reply = act(ruling);
  if (reply.status >= 300) return reply;
  org.effects += 1;
  return trouble === 'timeout-after' ? errorReply('E0000240') : reply;
}

/** Moves the user to the status that a ruling leads to, or only notes that the user changes. */
function change({ org, nowMs }: Exchange, index: number, to: Status | undefined): void {
  if (to === undefined) org.touch(index, nowMs);
  else org.moveStatus(index, to, nowMs);
}

function convert(exchange: Exchange, index: number, provider: Provider): void {
  exchange.org.table.provider[index] = PROVIDER_CODE[provider];
  exchange.org.tally.totals.conversions += 1;
}

/** `reset_password?provider=FEDERATION`: from now on the user signs in elsewhere and has no password. */
function federate(exchange: Exchange, index: number, revoke: boolean): Reply {
  const { org } = exchange;
  return lifecycle(exchange, 'convert_to_federated', index, ({ to }) => {
    change(exchange, index, to);
    convert(exchange, index, 'FEDERATION');
    org.table.erasePassword(index);
    if (revoke) revokeSessions(exchange, index);
    return EMPTY_OBJECT;
  });
}

/** `POST /users/{id}/lifecycle/reset_password`. If `sendEmail` is missing, the user is emailed, as always in Okta. */
export function resetPassword(exchange: Exchange): Reply {
  const index = resolveUser(exchange, 4);
  if (typeof index !== 'number') return index;
  const sendEmail = flag(exchange, 'sendEmail', true);
  if (sendEmail === 'bad') return badFlag('sendEmail');
  const revoke = flag(exchange, 'revokeSessions', false);
  if (revoke === 'bad') return badFlag('revokeSessions');
  const { org } = exchange;
  const { table } = org;
  if (exchange.query.get('provider') === 'FEDERATION') return federate(exchange, index, revoke);
  return lifecycle(exchange, 'reset_password', index, ({ to, provider }) => {
    const fresh = sendEmail ? tooFresh(exchange, index) : undefined;
    if (fresh !== undefined) return fresh;
    change(exchange, index, to);
    if (provider !== undefined) convert(exchange, index, provider);
    table.currentTemp[index] = 0;
    const nth = table.add('resets', index);
    record(exchange, 'user.account.reset_password', index);
    if (revoke) revokeSessions(exchange, index);
    if (sendEmail) {
      sendMail(exchange, index, 'reset-password');
      return EMPTY_OBJECT;
    }
    const url = `${exchange.origin}/reset_password/${org.oneTimeToken(index, nth)}`;
    return jsonReply(JSON.stringify({ resetPasswordUrl: url }));
  });
}

function issueTempPassword(exchange: Exchange, index: number): Reply {
  const { org } = exchange;
  const { table } = org;
  org.moveStatus(index, 'PASSWORD_EXPIRED', exchange.nowMs);
  table.setPassword(index, Math.floor(exchange.nowMs / 1000));
  const nth = table.add('tempPasswords', index);
  table.currentTemp[index] = nth;
  record(exchange, 'user.account.update_password', index);
  record(exchange, 'user.account.expire_password', index);
  return jsonReply(JSON.stringify({ tempPassword: org.tempPassword(index, nth) }));
}

/** `POST /users/{id}/lifecycle/expire_password`: the old password still works. The answer shows the old statusChanged. */
export function expirePassword(exchange: Exchange): Reply {
  const index = resolveUser(exchange, 4);
  if (typeof index !== 'number') return index;
  const { org } = exchange;
  const query = org.settings.tempPasswordQuery;
  const temp = query !== 'ignored' && flag(exchange, 'tempPassword', false);
  if (temp === 'bad') return badFlag('tempPassword');
  return lifecycle(exchange, 'expire_password', index, () => {
    if (temp) {
      const issued = issueTempPassword(exchange, index);
      return query === 'empty' ? EMPTY_OBJECT : issued;
    }
    const statusChangedS = org.table.value('statusChangedS', index);
    org.moveStatus(index, 'PASSWORD_EXPIRED', exchange.nowMs);
    org.table.add('expirations', index);
    record(exchange, 'user.account.expire_password', index);
    return jsonReply(
      userJson(org, index, { origin: exchange.origin, links: 'all', statusChangedS }),
    );
  });
}

/** `POST /users/{id}/lifecycle/expire_password_with_temp_password`. */
export function expireWithTempPassword(exchange: Exchange): Reply {
  const index = resolveUser(exchange, 4);
  if (typeof index !== 'number') return index;
  const revoke = flag(exchange, 'revokeSessions', false);
  if (revoke === 'bad') return badFlag('revokeSessions');
  return lifecycle(exchange, 'expire_password_with_temp_password', index, () => {
    if (revoke) revokeSessions(exchange, index);
    return issueTempPassword(exchange, index);
  });
}

/** `DELETE /users/{userId}/sessions`; takes an id only. */
export function clearSessions(exchange: Exchange): Reply {
  const index = resolveUser(exchange, 4, 'id');
  if (typeof index !== 'number') return index;
  const tokens = flag(exchange, 'oauthTokens', false);
  if (tokens === 'bad') return badFlag('oauthTokens');
  // Remembered devices are not simulated, so the parameter is only checked.
  if (flag(exchange, 'forgetDevices', true) === 'bad') return badFlag('forgetDevices');
  const { table } = exchange.org;
  revokeSessions(exchange, index);
  if (tokens) {
    table.oauthTokens[index] = 0;
    table.add('tokenRevocations', index);
  }
  exchange.org.effects += 1;
  return NO_CONTENT;
}

function activationAnswer(exchange: Exchange, index: number, sendEmail: boolean): Reply {
  const { org } = exchange;
  if (sendEmail) {
    sendMail(exchange, index, 'activation');
    return EMPTY_OBJECT;
  }
  const token = org.oneTimeToken(index, 50_000 + org.effects);
  return jsonReply(
    JSON.stringify({
      activationUrl: `${exchange.origin}${org.settings.engine === 'oie' ? `/tokens/${token}/verify` : `/welcome/${token}`}`,
      activationToken: token,
    }),
  );
}

/** `POST /users/{id}/lifecycle/reactivate` and `/activate`. */
function activation(call: 'reactivate' | 'activate', mailDefault: boolean) {
  return (exchange: Exchange): Reply => {
    const index = resolveUser(exchange, 4);
    if (typeof index !== 'number') return index;
    const sendEmail = flag(exchange, 'sendEmail', mailDefault);
    if (sendEmail === 'bad') return badFlag('sendEmail');
    return lifecycle(exchange, call, index, ({ to }) => {
      const { org } = exchange;
      change(exchange, index, to);
      if (call === 'activate') org.table.activatedS[index] = Math.floor(exchange.nowMs / 1000);
      org.tally.totals.reactivations += 1;
      record(exchange, `user.lifecycle.${call}`, index);
      return activationAnswer(exchange, index, sendEmail);
    });
  };
}

export const reactivate = activation('reactivate', false);
export const activate = activation('activate', true);

/** `POST /users/{id}/lifecycle/reset_factors`: every enrollment ends, the status stays the same, and the answer is empty. */
export function resetFactors(exchange: Exchange): Reply {
  const index = resolveUser(exchange, 4);
  if (typeof index !== 'number') return index;
  return lifecycle(exchange, 'reset_factors', index, () => {
    const { table } = exchange.org;
    exchange.org.touch(index, exchange.nowMs);
    table.factors[index] = 0;
    table.add('factorResets', index);
    record(exchange, 'user.mfa.factor.reset_all', index);
    return { status: 200, headers: [], body: '' };
  });
}

function simple(call: 'suspend' | 'unsuspend' | 'deactivate' | 'unlock', event: LogEventType) {
  return (exchange: Exchange): Reply => {
    const index = resolveUser(exchange, 4);
    if (typeof index !== 'number') return index;
    return lifecycle(exchange, call, index, ({ to }) => {
      const { org } = exchange;
      change(exchange, index, to);
      if (call === 'unlock') org.tally.totals.unlocks += 1;
      else org.tally.totals.other += 1;
      if (call === 'suspend') {
        // Source: Okta, role permissions: suspending a user clears the user's sessions as well.
        org.table.sessions[index] = 0;
        org.table.add('suspensions', index);
      }
      if (call === 'unsuspend') org.table.add('unsuspensions', index);
      record(exchange, event, index);
      return EMPTY_OBJECT;
    });
  };
}

export const suspend = simple('suspend', 'user.lifecycle.suspend');
export const unsuspend = simple('unsuspend', 'user.lifecycle.unsuspend');
export const deactivate = simple('deactivate', 'user.lifecycle.deactivate');
export const unlock = simple('unlock', 'user.account.unlock_by_admin');

/** `POST /users/{userId}/credentials/forgot_password`: emails a link and changes no status; takes an id only. */
export function forgotPassword(exchange: Exchange): Reply {
  const index = resolveUser(exchange, 4, 'id');
  if (typeof index !== 'number') return index;
  const sendEmail = flag(exchange, 'sendEmail', true);
  if (sendEmail === 'bad') return badFlag('sendEmail');
  return lifecycle(exchange, 'forgot_password', index, () => {
    exchange.org.tally.totals.other += 1;
    if (sendEmail) {
      sendMail(exchange, index, 'forgot-password');
      return EMPTY_OBJECT;
    }
    const token = exchange.org.oneTimeToken(index, 60_000 + exchange.org.effects);
    return jsonReply(
      JSON.stringify({ resetPasswordUrl: `${exchange.origin}/signin/reset-password/${token}` }),
    );
  });
}
