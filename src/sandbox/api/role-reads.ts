import { word } from '../chance.ts';
import { errorReply, jsonReply, notFound, type Reply } from '../wire/errors.ts';
import { segment, type Exchange } from '../wire/exchange.ts';
import { ROLE_LABELS, type RoleType } from '../../domain/org/admin-role.ts';
import { resolveUser } from './user-lookup.ts';

const CREATED = '2024-01-15T09:00:00.000Z';

function rolesJson(
  exchange: Exchange,
  roles: readonly RoleType[],
  assignee: string,
  assignmentType: string,
): string {
  const { org, origin } = exchange;
  const { seed } = org.settings;
  return JSON.stringify(
    roles.map((type, index) => ({
      id: `${type === 'CUSTOM' ? 'irb' : 'ra1'}${word(seed, index, 73, 17)}`,
      label: ROLE_LABELS[type],
      type,
      status: 'ACTIVE',
      created: CREATED,
      lastUpdated: CREATED,
      assignmentType,
      ...(type === 'CUSTOM'
        ? {
            role: `cr0${word(seed, index, 74, 17)}`,
            'resource-set': `iam${word(seed, index, 75, 17)}`,
          }
        : {}),
      _links: { assignee: { href: origin + assignee } },
    })),
  );
}

/** `GET /users/{id}/roles`: the roles of an admin, and an empty list for any other user. */
export function listUserRoles(exchange: Exchange): Reply {
  const { org } = exchange;
  if (!org.settings.rolesReadable) return errorReply('E0000006');
  const user = resolveUser(exchange, 4, 'id');
  if (typeof user !== 'number') return user;
  const assignee = `/api/v1/users/${org.userIds.idOf(user)}`;
  return jsonReply(rolesJson(exchange, org.rolesOf(user), assignee, 'USER'));
}

/** `GET /oauth2/v1/clients/{clientId}/roles`: the roles of the service app. */
export function listClientRoles(exchange: Exchange, knows: (clientId: string) => boolean): Reply {
  if (!exchange.org.settings.rolesReadable) return errorReply('E0000006');
  const clientId = segment(exchange, 4) ?? '';
  if (!knows(clientId)) return notFound(clientId, 'PublicClientApp');
  const { roles } = exchange.org.settings;
  return jsonReply(rolesJson(exchange, roles, `/oauth2/v1/clients/${clientId}`, 'CLIENT'));
}
