import { expect, test } from '@jest/globals';
import { PROVIDER_TYPES, USER_STATUSES } from '../../../src/domain/org/user.ts';
import { fillMix, sharesOf, type Mix } from '../../../src/sandbox/org/mix.ts';

const SIZE = 2000;
function shares(mix: Mix, seed = 1) {
  const [status, provider] = [new Uint8Array(SIZE), new Uint8Array(SIZE)];
  fillMix(mix, seed, status, provider);
  const percent = (codes: Uint8Array, code: number) =>
    Math.round((codes.filter((one) => one === code).length / SIZE) * 100);
  const table = (names: readonly string[], codes: Uint8Array) =>
    Object.fromEntries(
      names.map((name, code) => [name, percent(codes, code)]).filter(([, part]) => part !== 0),
    ) as Readonly<Record<string, number>>;
  return { statuses: table(USER_STATUSES, status), providers: table(PROVIDER_TYPES, provider) };
}

test.each([1, 2, 3])('without a wish, a company of a few years (seed %d)', (seed) => {
  expect(shares({}, seed)).toEqual({
    statuses: {
      ...{ ACTIVE: 70, DEPROVISIONED: 4, LOCKED_OUT: 4, PASSWORD_EXPIRED: 6 },
      ...{ PROVISIONED: 5, RECOVERY: 4, STAGED: 3, SUSPENDED: 4 },
    },
    providers: { ACTIVE_DIRECTORY: 10, FEDERATION: 6, IMPORT: 5, LDAP: 3, OKTA: 72, SOCIAL: 4 },
  });
  expect(sharesOf({})).toEqual({
    ...{ secondEmail: 0.2, hostile: 0.02, sharedEmail: 0.01, bounced: 0, scanned: 0 },
    ...{ agentTimeout: 0, agentAbsent: 0, agentDenied: 0 },
  });
});

test('weights can have any sum, and a negative one is none', () => {
  const { statuses, providers } = shares({
    statuses: { SUSPENDED: 3, ACTIVE: 1, STAGED: -5 },
    providers: { LDAP: 0.2, OKTA: 0.2 },
  });
  expect(statuses).toEqual({ ACTIVE: 25, SUSPENDED: 75 });
  expect(providers).toEqual({ LDAP: 50, OKTA: 50 });
  const given = { secondEmail: 1, hostile: 0.5, sharedEmail: 0.5, bounced: 0.1, scanned: 0.2 };
  const agents = { agentTimeout: 0.1, agentAbsent: 0.2, agentDenied: 0.3 };
  expect(sharesOf({ ...given, ...agents })).toEqual({ ...given, ...agents });
});

test('without any weight, everyone is the first kind', () => {
  expect(shares({ statuses: {}, providers: { OKTA: 0 } })).toEqual({
    statuses: { ACTIVE: 100 },
    providers: { ACTIVE_DIRECTORY: 100 },
  });
});
