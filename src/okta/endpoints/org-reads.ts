import type { Organization, OrgReader } from '../../domain/org/org.ts';
import { notAddressable, readOne, readRequest } from './endpoint.ts';
import { isRecord, textOf } from '../http/json.ts';
import { readHolder, readLinkLifetime, readList, readLogEvent, readRole } from './list-shape.ts';
import { cursorRequest, encoded, isPathId, type ReadPorts } from './pages.ts';

/** Okta's maximum of log events per page. */
const PAGE_EVENTS = 1000;

function readOrganization(json: unknown): Organization | undefined {
  if (!isRecord(json)) return undefined;
  const engine =
    json['pipeline'] === 'v1' ? 'classic' : json['pipeline'] === 'idx' ? 'oie' : 'unknown';
  return { id: textOf(json['id']) ?? '', engine };
}

const readEvents = (json: unknown) => readList(json, readLogEvent);
const readRoles = (json: unknown) => readList(json, readRole);
const readHolders = (json: unknown) => readList(isRecord(json) ? json['value'] : json, readHolder);

/** Makes the reads of the org itself: what it is, who has roles in it, what its log shows. */
export function orgReads({
  transport,
  page,
}: ReadPorts): Pick<OrgReader, 'organization' | 'admins' | 'roles' | 'logEvents' | 'linkLifetime'> {
  return {
    organization: (signal) => {
      const path = '/.well-known/okta-organization';
      return readOne(
        transport,
        readRequest(path, path, true),
        'an Okta org',
        readOrganization,
        signal,
      );
    },
    admins: (cursor, signal) => {
      const route = '/api/v1/iam/assignees/users';
      const request =
        cursor === undefined
          ? readRequest(`${route}?limit=200`, route)
          : cursorRequest(cursor, route, /^\/api\/v1\/iam\/assignees\/users(\?|$)/);
      return page(cursor, request, readHolders, signal);
    },
    roles: (holder, signal) => {
      const id = holder.kind === 'user' ? holder.id : holder.clientId;
      if (!isPathId(id)) return Promise.resolve(notAddressable('This id'));
      const [family, route] =
        holder.kind === 'user'
          ? ['/api/v1/users', '/api/v1/users/{id}/roles']
          : ['/oauth2/v1/clients', '/oauth2/v1/clients/{id}/roles'];
      const request = readRequest(`${family}/${id}/roles`, route);
      return readOne(transport, request, 'a list of roles', readRoles, signal);
    },
    logEvents: (which, signal) => {
      const route = '/api/v1/logs';
      if ('next' in which) {
        return page(
          which,
          cursorRequest(which, route, /^\/api\/v1\/logs(\?|$)/),
          readEvents,
          signal,
        );
      }
      const since = encodeURIComponent(new Date(which.sinceMs).toISOString());
      const until = encodeURIComponent(new Date(which.untilMs).toISOString());
      const filter = encoded(which.filter);
      const path = `${route}?since=${since}&until=${until}&filter=${filter}&sortOrder=ASCENDING&limit=${PAGE_EVENTS}`;
      return page(undefined, readRequest(path, route), readEvents, signal);
    },
    linkLifetime: (signal) => {
      const route = '/api/v1/policies';
      const request = readRequest(`${route}?type=PASSWORD`, route);
      return readOne(transport, request, 'a list of password policies', readLinkLifetime, signal);
    },
  };
}
