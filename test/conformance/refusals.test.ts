import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { OrgReader } from '../../src/domain/org/org.ts';
import { findErrorEntry } from '../../src/domain/codes/okta-error.ts';
import { never } from '../okta/scripted-org.ts';
import { USERS } from '../sandbox/rig.ts';
import { startPair, type Pair } from './pair.ts';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ limits: 'off', urlLimit: 2000 });
});
afterAll(() => pair.close());

const JSON_TYPE = 'application/json';
const search = (kind: string, text: string) => `${USERS}?${kind}=${encodeURIComponent(text)}`;
const NOBODY = '00uAAAAAAAAAAAAAAAAA';

/** A fact, a request, and Okta’s answer in its own words. */
const REFUSALS: readonly [
  string,
  string,
  string,
  Readonly<Record<string, string>>,
  number,
  string,
  string,
][] = [
  [
    'another scheme is no session',
    'GET',
    USERS,
    { authorization: 'Basic eDp5' },
    403,
    'E0000005',
    'Invalid session',
  ],
  [
    'a token that was revoked or never was',
    'GET',
    USERS,
    { authorization: 'SSWS x' },
    401,
    'E0000011',
    'Invalid token provided',
  ],
  [
    'a path that is not there',
    'GET',
    '/api/v1/nothing',
    {},
    404,
    'E0000008',
    'The requested path was not found',
  ],
  [
    'a user who is not there',
    'GET',
    `${USERS}/${NOBODY}`,
    {},
    404,
    'E0000007',
    `Not found: Resource not found: ${NOBODY} (User)`,
  ],
  [
    'a login with a / cannot be used in a path',
    'GET',
    `${USERS}/a%2Fb@acme.example`,
    {},
    404,
    'E0000007',
    'Not found: Resource not found: a%2Fb@acme.example (User)',
  ],
  [
    'a method the path does not take',
    'PUT',
    USERS,
    {},
    405,
    'E0000019',
    'Bad request.  Accept and/or Content-Type headers likely do not match supported values.',
  ],
  [
    'an Accept header that takes no JSON',
    'GET',
    USERS,
    { accept: 'text/html' },
    406,
    'E0000122',
    "Accept Header did not contain supported media type 'application/json'",
  ],
  [
    'q beside filter',
    'GET',
    `${search('filter', 'status eq "ACTIVE"')}&q=a`,
    {},
    400,
    'E0000033',
    "Bad request. Can't specify a search query and filter in the same request.",
  ],
  [
    'a cursor that it did not give out',
    'GET',
    `${USERS}?after=nonsense`,
    {},
    400,
    'E0000031',
    'Invalid search criteria.',
  ],
  [
    'no ne in a search of users',
    'GET',
    search('search', 'status ne "ACTIVE"'),
    {},
    400,
    'E0000031',
    'Invalid search criteria.',
  ],
  [
    'no not in a filter of users',
    'GET',
    search('filter', 'not (status eq "ACTIVE")'),
    {},
    400,
    'E0000031',
    'Invalid search criteria.',
  ],
  [
    'passwordChanged is not searchable',
    'GET',
    search('search', 'passwordChanged pr'),
    {},
    400,
    'E0000031',
    'Invalid search criteria.',
  ],
  [
    'co is for names, login and e-mail alone',
    'GET',
    search('search', 'profile.city co "e"'),
    {},
    400,
    'E0000031',
    'Invalid search criteria.',
  ],
  [
    'a bad filter of the System Log',
    'GET',
    '/api/v1/logs?filter=nonsense',
    {},
    400,
    'E0000053',
    'Invalid SCIM filter.',
  ],
  [
    'the System Log goes back 180 days',
    'GET',
    '/api/v1/logs?since=2020-01-01T00:00:00Z',
    {},
    400,
    'E0000001',
    'Api validation failed: since',
  ],
  [
    'a query longer than Okta takes',
    'GET',
    `${USERS}?q=${'x'.repeat(2000)}`,
    {},
    414,
    'E0000256',
    'The URL or a response header is too large',
  ],
];

describe.each(REFUSALS)('%s: %s %s', (_fact, method, path, headers, status, code, summary) => {
  test('is answered like Okta, and our catalog has it', async () => {
    const got = await pair.rig.send(method, path, headers);
    expect(got.status).toBe(status);
    expect(got.json).toEqual({
      errorCode: code,
      errorSummary: summary,
      errorLink: code,
      errorId: expect.stringMatching(/^oae\w+$/),
      errorCauses: expect.any(Array),
    });
    expect(got.headers['content-type']).toBe(JSON_TYPE);
    expect(got.headers['x-okta-request-id']).toMatch(/^[0-9a-f]{32}$/);
    expect(findErrorEntry(code)?.statuses).toContain(status);
  });
});

test.each<[string, (reader: OrgReader) => Promise<unknown>, number, string]>([
  ['nobody', (reader) => reader.user(NOBODY, never), 404, 'E0000007'],
  [
    'a search Okta does not know',
    (reader) =>
      reader.users({ query: { kind: 'search', expression: 'lastLogin pr' }, limit: 5 }, never),
    400,
    'E0000031',
  ],
  [
    'a filter of the log it does not know',
    (reader) =>
      reader.logEvents(
        { filter: 'nonsense', sinceMs: 1_772_366_000_000, untilMs: 1_772_369_000_000 },
        never,
      ),
    400,
    'E0000053',
  ],
  [
    'a group that is none',
    (reader) => reader.group('00gAAAAAAAAAAAAAAAAA', never),
    404,
    'E0000007',
  ],
])(
  'the client reads %s as the refusal that it is, with the request’s id',
  async (_what, ask, status, oktaCode) => {
    expect(await ask(pair.client)).toMatchObject({
      kind: 'failed',
      failure: {
        kind: 'okta',
        status,
        oktaCode,
        effect: 'none',
        requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    });
  },
);
