import type { Principal } from '../oauth/credentials.ts';
import { actorOf, eventJson } from '../org/log/log-event.ts';
import { hasUserTarget } from '../org/log/system-log.ts';
import type { Org } from '../org/org.ts';
import type { Operator } from './grammar.ts';
import type { Field } from './match.ts';

const ALL: ReadonlySet<Operator> = new Set<Operator>([
  'eq',
  'ne',
  'sw',
  'co',
  'ew',
  'gt',
  'ge',
  'lt',
  'le',
  'pr',
]);

/**
 * Attributes that are read from the whole event. By Okta's documentation, `published` and changeDetails cannot be searched.
 */
const READ_WHOLE =
  /^(actor\.(type|alternateId|displayName)|target\.(type|alternateId|displayName)|client\.(id|ipAddress|zone|device|geographicalContext\.(city|state|country|postalCode)|userAgent\.(os|browser))|displayMessage|severity|outcome\.(result|reason)|transaction\.type|uuid|version|debugContext\.debugData\.(requestId|operationRateLimit(Subtype|Threshold|SecondsToReset))|authenticationContext\.externalSessionId|securityContext\.(asNumber|asOrg|isp|domain|isProxy))$/;

function valuesAt(value: unknown, path: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesAt(one, path));
  const [name, ...rest] = path;
  if (name === undefined)
    return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return valuesAt((value as Readonly<Record<string, unknown>>)[name], rest);
}

/** The attributes of an event that `filter` can name, read from event number `index`. */
export function logField(
  org: Org,
  attribute: string,
  principalOf: (number: number) => Principal | undefined,
): Field | undefined {
  const field = (read: Field['read']): Field => ({ kind: 'text', operators: ALL, read });
  const exact = (read: Field['read']): Field => ({ ...field(read), caseSensitive: true });
  const principal = (event: number): Principal | undefined =>
    principalOf(org.log.event(event).principal);
  switch (attribute) {
    case 'eventType':
      return field((event) => org.log.typeOf(event));
    case 'target.id':
      return exact((event) => {
        const user = org.log.userOf(event);
        if (user !== undefined)
          return hasUserTarget(org.log.typeOf(event)) ? [org.userIds.idOf(user)] : [];
        const { limit } = org.log.event(event);
        return limit === undefined ? [] : [limit.pattern];
      });
    case 'actor.id':
      return exact((event) => actorOf(org, org.log.event(event), principal(event)).id);
    case 'transaction.id':
      return exact((event) => org.requestId(org.log.event(event).request));
    case 'transaction.detail.requestApiTokenId':
      return exact((event) => {
        const who = principal(event);
        return who?.kind === 'ssws' ? who.id : undefined;
      });
    case 'client.userAgent.rawUserAgent':
      return field((event) => org.log.event(event).userAgent);
    default: {
      if (!READ_WHOLE.test(attribute)) return undefined;
      const path = attribute.split('.');
      return field((event) =>
        valuesAt(eventJson(org, org.log.event(event), principal(event)), path),
      );
    }
  }
}
