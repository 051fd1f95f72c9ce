import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectCode } from './expect-code.ts';
import { closeStages, PLAIN, readCsv, stage, type Stage } from './rig.ts';

const PUSH = 'eventType eq "user.mfa.okta_verify.deny_push"';
const SIGN_IN = 'eventType eq "user.session.start"';

let s: Stage;
let ids: readonly string[];

async function happen(query: Readonly<Record<string, string>>): Promise<void> {
  const url = `${s.org.url}/sandbox/sign-ins?${new URLSearchParams(query).toString()}`;
  expect((await fetch(url, { method: 'POST' })).status).toBe(201);
}

beforeAll(async () => {
  s = await stage({ users: 20, mix: PLAIN });
  ids = [...s.org.users()].map(({ id }) => id);
  const [, , a = '', b = '', c = ''] = ids;
  const push = { type: 'user.mfa.okta_verify.deny_push', address: '198.51.100.7', as: '64501' };
  for (const user of [b, a, b]) await happen({ ...push, user, city: 'Lagos', country: 'Nigeria' });
  for (const user of [a, c]) await happen({ type: 'user.session.start', user });
});
afterAll(closeStages);

let nth = 0;
async function planned(...flags: readonly string[]) {
  const out = `log-${(nth += 1)}`;
  const done = await s.run(['plan', '--log', ...flags, '--out', out]);
  return { done, rows: async () => readCsv(s.path(out, 'results.csv')) };
}

describe('--log', () => {
  test('selects the users that the events are about, once each, with what, when and from where', async () => {
    const { done, rows } = await planned(PUSH);
    expectCode(done, 0);
    const found = await rows();
    expect(found.map((row) => row['_user_id'])).toEqual([ids[3], ids[2]]);
    expect(found[0]).toMatchObject({
      Event: 'user.mfa.okta_verify.deny_push',
      Result: 'FAILURE',
      Address: '198.51.100.7',
      Place: 'Lagos, Nigeria',
      Events: '2',
    });
    expect(found[0]?.['First event']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(done.stderr).toContain('3 events from ');
    expect(done.stderr).toContain('about 2 users');
    expect(done.stderr).toContain('may still be missing');
  });

  test.each([
    `${PUSH} and client.ipAddress sw "198.51.100."`,
    `${PUSH} and client.ipAddress eq "198.51.100.7"`,
    `${PUSH} and securityContext.asNumber eq 64501`,
    `${PUSH} and outcome.result eq "FAILURE"`,
    `${PUSH} and client.geographicalContext.country eq "Nigeria"`,
  ])('%s', async (expression) => {
    const { done, rows } = await planned(expression);
    expectCode(done, 0);
    expect((await rows()).length).toBe(2);
  });

  test('takes the actors if told to, and says which events name no target', async () => {
    const targets = await planned(SIGN_IN);
    expectCode(targets.done, 3);
    expect(targets.done.stderr).toMatch(
      /2 events with no user as target:\s+2\s+user.session.start/,
    );
    expect(targets.done.stderr).toContain('--log-who actor');
    const actors = await planned(SIGN_IN, '--log-who', 'actor');
    expectCode(actors.done, 0);
    expect((await actors.rows()).map((row) => row['_user_id'])).toEqual([ids[2], ids[4]]);
  });

  test('--where tests events and people', async () => {
    const place = await planned(PUSH, '--where', 'Place~nigeria', '--where', 'Events in 2,3');
    expectCode(place.done, 0);
    expect((await place.rows()).map((row) => row['_user_id'])).toEqual([ids[3]]);
    const missing = await planned(PUSH, '--where', 'Adress=x');
    expectCode(missing.done, 3);
    expect(missing.done.stderr).toContain('Did you mean “Address”?');
  });

  test('a window, its order and its age are checked', async () => {
    const before = await planned(PUSH, '--log-since', '2020-01-01', '--log-until', '2020-01-02');
    expectCode(before.done, 3);
    expect(before.done.stderr).toMatch(/keeps events for 90 days/);
    expect(before.done.stderr).not.toContain('may still be missing');
    const backwards = await planned(PUSH, '--log-since', '2020-01-02', '--log-until', '2020-01-01');
    expectCode(backwards.done, 2);
    const stray = await s.run(['plan', '--all', '--log-who', 'actor']);
    expectCode(stray, 2);
    expect(stray.stderr).toContain('works only with --log');
  });

  test('an expression that Okta refuses is named', async () => {
    const { done } = await planned('eventTyp eq "x"');
    expectCode(done, 3);
    expect(done.stderr).toContain('Okta refuses --log');
  });
});
