import { expect, test } from '@jest/globals';
import { byOrg, orgKey, type OrgOfRun } from '../../src/domain/org/org-key.ts';

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

test('runs belong to the same org in whatever order they come', () => {
  const runs = [
    at('acme.okta.com', '00o1'),
    at('login.acme.example', '00o1'),
    at('acme.okta.com', ''),
    at('b.okta.com', ''),
    at('127.0.0.1:1', '00o1', 'http://127.0.0.1:1'),
  ];
  const groups = (of: readonly OrgOfRun[]) =>
    byOrg(of)
      .map(({ key, hosts }) => [key, ...hosts.toSorted()].join(' '))
      .sort();
  for (let first = 0; first < runs.length; first += 1) {
    const turned = [...runs.slice(first), ...runs.slice(0, first)];
    for (const order of [turned, turned.toReversed()])
      expect(groups(order)).toEqual([
        '00o1 acme.okta.com login.acme.example',
        '127.0.0.1:1 127.0.0.1:1',
        'b.okta.com b.okta.com',
      ]);
  }
});

test('an org is known by its id, one without it or in a sandbox by its host', () => {
  const keys = [
    at('acme.okta.com', '00o1'),
    at('acme.okta.com', ''),
    at('127.0.0.1:1', '00o1', 'http://127.0.0.1:1'),
    at('http.okta.com', '00o2'),
  ].map(orgKey);
  expect(keys).toEqual(['00o1', 'acme.okta.com', '127.0.0.1:1', '00o2']);
});

test('the runs of an org keep their order', () => {
  const runs = [
    { ...at('a.okta.com', '00o1'), run: 1 },
    { ...at('b.okta.com', '00o2'), run: 2 },
    { ...at('a.okta.com', ''), run: 3 },
    { ...at('a.okta.com', '00o1'), run: 4 },
  ];
  expect(byOrg(runs).map(({ runs: of }) => of.map(({ run }) => run))).toEqual([[1, 3, 4], [2]]);
});
