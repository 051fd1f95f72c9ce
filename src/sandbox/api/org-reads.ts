import { errorReply, jsonReply, NO_CONTENT, type Reply } from '../wire/errors.ts';
import type { Exchange } from '../wire/exchange.ts';
import type { Credentials, Principal } from '../oauth/credentials.ts';
import { linkHeaders, pageUrl, readPage, scanPage, slicePage } from '../wire/paging.ts';
import { word } from '../chance.ts';
import type { Org } from '../org/org.ts';

/** `GET /.well-known/okta-organization`, open to all. */
export function wellKnown(org: Org, origin: string): Reply {
  return jsonReply(
    JSON.stringify({
      id: org.id,
      _links: { organization: { href: origin } },
      pipeline: org.settings.engine === 'oie' ? 'idx' : 'v1',
    }),
  );
}

/** `GET /api/v1/iam/assignees/users`: everyone with an admin role, paged by `_links.next`. */
export function listAssignees(exchange: Exchange): Reply {
  const { org, origin } = exchange;
  if (!org.settings.rolesReadable) return errorReply('E0000006');
  const page = readPage(exchange, 100, 200);
  if ('body' in page) return page;
  const { found, next } = scanPage(page, org.settings.admins, (index) => org.isAdmin(index));
  const value = found.map((index) => {
    const id = org.userIds.idOf(index);
    const self = `${origin}/api/v1/users/${id}`;
    return {
      id,
      orn: `orn:okta:directory:${org.id}:users:${id}`,
      _links: { self: { href: self }, roles: { href: `${self}/roles` } },
    };
  });
  const _links = next === undefined ? {} : { next: { href: pageUrl(exchange, next) } };
  return jsonReply(JSON.stringify({ value, _links }), 200, linkHeaders(exchange, next));
}

/** `GET /api/v1/policies?type=PASSWORD`: one policy, with the lifetime of a reset link. */
export function listPolicies(exchange: Exchange): Reply {
  const { settings } = exchange.org;
  if (!settings.policiesReadable) return errorReply('E0000006');
  const type = exchange.query.get('type');
  if (type === null) return errorReply('E0000001', { detail: 'type', causes: ['type: required'] });
  if (type !== 'PASSWORD') return jsonReply('[]', 200, linkHeaders(exchange, undefined));
  const policy = {
    id: `00p${word(settings.seed, 0, 64, 17)}`,
    status: 'ACTIVE',
    name: 'Default Policy',
    priority: 1,
    system: true,
    type: 'PASSWORD',
    settings: {
      recovery: {
        factors: {
          okta_email: {
            status: 'ACTIVE',
            properties: { recoveryToken: { tokenLifetimeMinutes: settings.linkLifetimeMinutes } },
          },
        },
      },
      delegation: { options: { skipUnlock: false } },
    },
  };
  return jsonReply(JSON.stringify([policy]), 200, linkHeaders(exchange, undefined));
}

function rateLimitEntity(org: Org, principal: Principal): object {
  const share = Math.round(org.settings.tokenShare * 100);
  return {
    id: `prl${word(org.settings.seed, principal.number, 65, 17)}`,
    orgId: org.id,
    principalId: principal.id,
    principalType: principal.kind === 'ssws' ? 'SSWS_TOKEN' : 'OAUTH_CLIENT',
    defaultPercentage: share,
    defaultConcurrencyPercentage: share,
    createdDate: '2024-07-01T00:00:00.000Z',
    createdBy: org.userIds.idOf(0),
    lastUpdate: '2024-07-01T00:00:00.000Z',
    lastUpdatedBy: org.userIds.idOf(0),
  };
}

/** Endpoints that are about credentials. */
export function credentialReads(credentials: Credentials) {
  return {
    /** `GET /api/v1/principal-rate-limits?filter=principalType eq "SSWS_TOKEN"`. */
    rateLimits: (exchange: Exchange): Reply => {
      const match = /^\s*principalType\s+eq\s+"(SSWS_TOKEN|OAUTH_CLIENT)"\s*$/i.exec(
        exchange.query.get('filter') ?? '',
      );
      if (match?.[1] === undefined)
        return errorReply('E0000001', { detail: 'filter', causes: ['filter: required'] });
      const page = readPage(exchange, 20, 50);
      if ('body' in page) return page;
      const principals =
        match[1].toUpperCase() === 'SSWS_TOKEN' ? credentials.sswsTokens() : credentials.apps();
      const { found, next } = slicePage(page, principals);
      const body = JSON.stringify(found.map((one) => rateLimitEntity(exchange.org, one)));
      return jsonReply(body, 200, linkHeaders(exchange, next));
    },
    /** `GET /api/v1/api-tokens`. */
    apiTokens: (exchange: Exchange): Reply =>
      jsonReply(
        JSON.stringify(
          credentials.sswsTokens().map((one) => ({
            id: one.id,
            name: `Token ${one.number + 1}`,
            userId: exchange.org.userIds.idOf(one.user ?? 0),
            tokenWindow: 'P30D',
            network: { connection: 'ANYWHERE' },
            clientName: 'Okta API',
          })),
        ),
      ),
    /** `DELETE /api/v1/api-tokens/current`: ends the token in use. */
    revokeCurrent: (exchange: Exchange): Reply => {
      credentials.revokeHeader(exchange.headers.authorization);
      return NO_CONTENT;
    },
  };
}
