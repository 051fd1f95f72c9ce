import type { Answer } from '../../domain/row/call.ts';
import type { Cursor, Group, OrgReader } from '../../domain/org/org.ts';
import { notAddressable, readOne, readRequest } from './endpoint.ts';
import { readGroup, readList } from './list-shape.ts';
import { cursorRequest, encoded, isPathId, pageSize, type ReadPorts } from './pages.ts';
import { readUser } from './user-shape.ts';

async function groupsBy(
  page: ReadPorts['page'],
  query: string,
  name: string,
  signal: AbortSignal,
): Promise<Answer<readonly Group[]>> {
  const found: Group[] = [];
  let from: Cursor | undefined;
  for (;;) {
    const path: string = from?.next ?? `/api/v1/groups?${query}`;
    const request = readRequest(path, '/api/v1/groups');
    const answer = await page(from, request, (json) => readList(json, readGroup), signal);
    if (answer.kind === 'failed') return answer;
    for (const group of answer.value.items) if (group.name === name) found.push(group);
    from = answer.value.next;
    if (from === undefined) return { kind: 'ok', value: found, call: answer.call };
  }
}

/** Makes the reads of groups and their members. */
export function groupReads({
  transport,
  page,
}: ReadPorts): Pick<OrgReader, 'groupsNamed' | 'groupsLike' | 'group' | 'groupMembers'> {
  return {
    groupsNamed: async (name, signal) => {
      const quoted = name.replace(/["\\]/g, '\\$&');
      const expression = encoded(`profile.name eq "${quoted}"`);
      const searched = await groupsBy(page, `search=${expression}&limit=200`, name, signal);
      // The search lags behind new groups, and old servers do not support it. The prefix query finds the others.
      const refused =
        searched.kind === 'failed' &&
        searched.failure.kind === 'okta' &&
        searched.failure.status === 400;
      if (!refused && (searched.kind === 'failed' || searched.value.length > 0)) return searched;
      return groupsBy(page, `q=${encoded(name)}&limit=200`, name, signal);
    },
    groupsLike: async (beginning, limit, signal) => {
      const path = `/api/v1/groups?q=${encoded(beginning)}&limit=${limit}`;
      const request = readRequest(path, '/api/v1/groups');
      const answer = await page(undefined, request, (json) => readList(json, readGroup), signal);
      if (answer.kind === 'failed') return answer;
      return { kind: 'ok', value: answer.value.items.slice(0, limit), call: answer.call };
    },
    group: (id, signal) => {
      if (!isPathId(id)) return Promise.resolve(notAddressable('This group id'));
      const request = readRequest(`/api/v1/groups/${id}`, '/api/v1/groups/{id}');
      return readOne(transport, request, 'a group', readGroup, signal);
    },
    groupMembers: (which, signal) => {
      const route = '/api/v1/groups/{id}/users';
      if ('next' in which) {
        const pattern = /^\/api\/v1\/groups\/\w{1,64}\/users(\?|$)/;
        return page(
          which,
          cursorRequest(which, route, pattern),
          (json) => readList(json, readUser),
          signal,
        );
      }
      if (!isPathId(which.groupId)) return Promise.resolve(notAddressable('This group id'));
      const path = `/api/v1/groups/${which.groupId}/users?limit=${pageSize(which.limit)}`;
      return page(undefined, readRequest(path, route), (json) => readList(json, readUser), signal);
    },
  };
}
