import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../../src/domain/call.ts';
import type { Failure } from '../../src/domain/failure.ts';
import type { Page } from '../../src/domain/org.ts';
import { readAdmins } from '../../src/plan/admins.ts';
import { failed, failureError, never, ok, okta } from './fake-org.ts';

const read = (pages: readonly Answer<Page<string>>[]) =>
  readAdmins(
    {
      reader: {
        admins: async (page) => pages[page === undefined ? 0 : Number(page.next)]!,
      },
      failureError,
    },
    never,
  );

const page = (items: readonly string[], next?: string) =>
  ok({ items, next: next === undefined ? undefined : { next } });

test('admins of all pages are read', async () => {
  const admins = await read([page(['a', 'b'], '1'), page([], '2'), page(['c', 'a'])]);
  expect(admins).toEqual({ kind: 'known', ids: new Set(['a', 'b', 'c']) });
});

test.each([
  [okta(403, 'E0000006'), 'may not read'],
  [okta(404, 'E0000007'), 'no list'],
  [okta(404), 'no list'],
  [okta(400, 'E0000001'), 'refused'],
  [okta(405, 'E0000022'), 'refused'],
])('%j: the list is closed, what was read is kept', async (failure, why) => {
  expect(await read([page(['a'], '1'), failed(failure)])).toEqual({
    kind: 'unreadable',
    ids: new Set(['a']),
    why: expect.stringContaining(why),
  });
});

describe('what is not the list’s fault is an error: admins must not lose protection by an outage', () => {
  const gone: Failure = {
    kind: 'transport',
    code: 'ECONNRESET',
    message: 'gone',
    status: undefined,
    requestId: undefined,
    effect: 'none',
  };

  test.each([okta(401, 'E0000011'), okta(503), okta(500, 'E0000009'), okta(429, 'E0000047'), gone])(
    '%j',
    async (failure) => {
      await expect(read([failed(failure)])).rejects.toMatchObject({ failure });
    },
  );
});
