import { afterEach, describe, expect, test } from '@jest/globals';
import { rows, startRig, type Rig } from '../rig.ts';

interface LogShown {
  readonly eventType: string;
  readonly actor: { readonly id: string };
  readonly outcome: { readonly result: string };
}

let rig: Rig;
afterEach(() => rig.close());

describe('sign-ins that are made up', () => {
  const logged = async (query: string) => {
    const made = await rig.send('POST', `/sandbox/sign-ins${query}`);
    rig.clock.advance(1);
    return { made, events: rows<LogShown>(await rig.get('/api/v1/logs?limit=1000')) };
  };

  test('are of the first users, from the place that was named', async () => {
    rig = await startRig({ users: 5, limits: 'off' });
    const query = '?users=7&address=203.0.113.77&city=Oslo&country=Norway&as=64511';
    const { events } = await logged(query);
    const users = [...rig.org.users()].map(({ id }) => id);
    expect(events.map(({ actor }) => actor.id)).toEqual([...users, users[0], users[1]]);
    for (const event of events)
      expect(event).toMatchObject({
        eventType: 'user.session.start',
        outcome: { result: 'SUCCESS' },
        client: {
          ipAddress: '203.0.113.77',
          userAgent: { rawUserAgent: 'Mozilla/5.0' },
          geographicalContext: { city: 'Oslo', country: 'Norway' },
        },
        securityContext: { asNumber: 64_511 },
      });
  });

  test('are one, from an example, if nothing is named', async () => {
    rig = await startRig({ users: 5, limits: 'off' });
    const { events } = await logged('');
    expect(events).toMatchObject([
      {
        client: {
          ipAddress: '203.0.113.9',
          geographicalContext: { city: 'Example City', country: 'Nowhere' },
        },
        securityContext: { asNumber: 64_500 },
      },
    ]);
  });

  test('can be refused pushes, which fail; another type is refused', async () => {
    rig = await startRig({ users: 5, limits: 'off' });
    const { events } = await logged('?type=user.mfa.okta_verify.deny_push&users=2');
    expect(events.map(({ eventType, outcome }) => [eventType, outcome.result])).toEqual([
      ['user.mfa.okta_verify.deny_push', 'FAILURE'],
      ['user.mfa.okta_verify.deny_push', 'FAILURE'],
    ]);
    const { made, events: still } = await logged('?type=user.account.reset_password');
    expect(made.status).toBeGreaterThanOrEqual(400);
    expect(still).toHaveLength(2);
  });
});
