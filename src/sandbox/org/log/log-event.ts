import { bits } from '../../chance.ts';
import type { Principal } from '../../oauth/credentials.ts';
import { LINK_OPENED, SCANNER_ADDRESS } from '../mail-scanner.ts';
import type { Org } from '../org.ts';
import { hasUserTarget } from './system-log.ts';
import type { LimitDetail, LoggedEvent } from './system-log.ts';

interface Party {
  readonly id: string;
  readonly type: string;
  readonly alternateId: string;
  readonly displayName: string;
}

function user(org: Org, index: number): Party {
  const { login, firstName, lastName } = org.people.person(index);
  return {
    id: org.userIds.idOf(index),
    type: 'User',
    alternateId: login,
    displayName: `${firstName} ${lastName}`,
  };
}

const SYSTEM: Party = {
  id: 'okta',
  type: 'SystemPrincipal',
  alternateId: 'system@okta.com',
  displayName: 'Okta System',
};

const IS_LINK_OPENED: ReadonlySet<string> = new Set(Object.values(LINK_OPENED));

/** Events that users cause themselves. */
const BY_USER: ReadonlySet<string> = new Set([
  ...IS_LINK_OPENED,
  'user.session.start',
  'user.mfa.okta_verify.deny_push',
  'user.mfa.factor.activate',
]);

/** Returns who caused an event. */
export function actorOf(org: Org, event: LoggedEvent, principal: Principal | undefined): Party {
  if (event.type === 'system.email.delivery') return SYSTEM;
  if (BY_USER.has(event.type) && event.user !== undefined) return user(org, event.user);
  if (principal?.user !== undefined) return user(org, principal.user);
  const id = principal?.id ?? 'unknown';
  return { id, type: 'PublicClientApp', alternateId: id, displayName: 'Service app' };
}

function targetsOf(org: Org, event: LoggedEvent): readonly Party[] {
  if (event.limit !== undefined) {
    const { pattern } = event.limit;
    return [{ id: pattern, type: 'URL Pattern', alternateId: pattern, displayName: pattern }];
  }
  return event.user === undefined || !hasUserTarget(event.type) ? [] : [user(org, event.user)];
}

function outcomeOf(event: LoggedEvent): {
  readonly result: string;
  readonly reason: string | null;
} {
  if (event.limit !== undefined) return { result: 'DENY', reason: event.message };
  if (!event.failed) return { result: 'SUCCESS', reason: null };
  return {
    result: 'FAILURE',
    reason: event.type === 'system.email.delivery' ? 'Bounced' : 'Refused',
  };
}

function limitData(limit: LimitDetail): object {
  return {
    ...(limit.subtype === undefined ? {} : { operationRateLimitSubtype: limit.subtype }),
    operationRateLimitThreshold: String(limit.threshold),
    operationRateLimitSecondsToReset: String(limit.secondsToReset),
  };
}

/** Formats an event as Okta does. */
export function eventJson(org: Org, event: LoggedEvent, principal: Principal | undefined): object {
  const requestId = org.requestId(event.request);
  return {
    actor: { ...actorOf(org, event, principal), detailEntry: null },
    client: {
      userAgent: { rawUserAgent: event.userAgent, os: 'Unknown', browser: 'UNKNOWN' },
      zone: 'null',
      device: 'Unknown',
      id: principal?.kind === 'app' ? principal.id : null,
      ipAddress:
        event.place?.address ?? (IS_LINK_OPENED.has(event.type) ? SCANNER_ADDRESS : '127.0.0.1'),
      geographicalContext:
        event.place === undefined
          ? null
          : { city: event.place.city, state: null, country: event.place.country, postalCode: null },
    },
    securityContext: {
      asNumber: event.place?.asNumber ?? null,
      asOrg: null,
      isp: null,
      domain: null,
      isProxy: null,
    },
    authenticationContext: { authenticationStep: 0, externalSessionId: 'unknown' },
    displayMessage: event.message,
    eventType: event.type,
    outcome: outcomeOf(event),
    published: new Date(event.timeMs).toISOString(),
    severity: event.failed || event.limit !== undefined ? 'WARN' : 'INFO',
    debugContext: {
      debugData: { requestId, ...(event.limit === undefined ? {} : limitData(event.limit)) },
    },
    transaction: {
      type: 'WEB',
      id: requestId,
      detail: principal?.kind === 'ssws' ? { requestApiTokenId: principal.id } : {},
    },
    uuid: `${event.number.toString(16).padStart(8, '0')}-5a4d-11f0-8000-${bits(org.settings.seed, 0, 66).toString(16).padStart(12, '0')}`,
    version: '0',
    request: { ipChain: [] },
    target: targetsOf(org, event).map((one) => ({ ...one, detailEntry: null })),
  };
}
