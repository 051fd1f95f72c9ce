import { expect, test } from '@jest/globals';
import { byOrg, type OrgOfRun } from '../../src/domain/org/org-key.ts';

const at = (host: string, orgId: string, origin = `https://${host}`): OrgOfRun => ({
  host,
  orgId,
  origin,
});
const grouped = (runs: readonly OrgOfRun[]) =>
  byOrg(runs).map(({ hosts, runs: of }) => [hosts, of.length]);

test.each([
  [
    'two orgs, the one that comes first at the head',
    [at('b.okta.com', '00o2'), at('a.okta.com', '00o1'), at('b.okta.com', '00o2')],
    [
      [['b.okta.com'], 2],
      [['a.okta.com'], 1],
    ],
  ],
  [
    'one org by its own host and by a custom domain',
    [at('acme.okta.com', '00o1'), at('login.acme.example', '00o1')],
    [[['acme.okta.com', 'login.acme.example'], 2]],
  ],
  [
    'an org that did not tell its id once',
    [at('acme.okta.com', ''), at('acme.okta.com', '00o1')],
    [[['acme.okta.com'], 2]],
  ],
  [
    'an org that never told it',
    [at('acme.okta.com', ''), at('b.okta.com', '')],
    [
      [['acme.okta.com'], 1],
      [['b.okta.com'], 1],
    ],
  ],
  [
    'sandboxes with one id',
    [
      at('127.0.0.1:1', '00o1', 'http://127.0.0.1:1'),
      at('127.0.0.1:2', '00o1', 'http://127.0.0.1:2'),
    ],
    [
      [['127.0.0.1:1'], 1],
      [['127.0.0.1:2'], 1],
    ],
  ],
  ['no runs', [], []],
] as const)('%s', (_, runs, wanted) => {
  expect(grouped(runs)).toEqual(wanted);
});
