import { describe, expect, test } from '@jest/globals';
import { readPlanHeader } from '../../src/plan/file/plan-header.ts';

const SPEC = {
  action: 'reset-password',
  sendEmail: true,
  revokeSessions: false,
  revokeTokens: true,
  resetFactors: false,
  order: 'password-first',
};
const HEADER = {
  format: 2,
  runId: '20260301T120000Z-abcd',
  createdAt: '2026-03-01T12:00:00.000Z',
  orgId: '00o1',
  host: 'acme.okta.com',
  spec: SPEC,
};
const read = (header: unknown) => readPlanHeader(JSON.stringify(header));
const damaged = { kind: 'damaged' };

test.each([
  ['a new plan', HEADER],
  ['an old one', { ...HEADER, format: 1 }],
  ['an org that does not return its id', { ...HEADER, orgId: '' }],
  [
    'an action without factors and order',
    { ...HEADER, spec: { ...SPEC, resetFactors: undefined } },
  ],
])('the header of %s is read', (_, header) => {
  expect(read(header)).toEqual({ kind: 'header', header });
});

test('a member that nobody knows is left out', () => {
  expect(read({ ...HEADER, colour: 'red' })).toEqual({ kind: 'header', header: HEADER });
});

describe.each(Object.keys(HEADER))('without a usable %s', (name) => {
  test.each([undefined, null, [], {}, true])('but %j', (wrong) => {
    expect(read({ ...HEADER, [name]: wrong })).toEqual(damaged);
  });
});

test.each([
  { runId: '' },
  { host: '' },
  { createdAt: 'yesterday' },
  { format: '2' },
  ...Object.entries({ ...SPEC, resetFactors: true }).map(([name]) => ({
    spec: { ...SPEC, [name]: 'something' },
  })),
])('a header with %j is damaged', (over) => {
  expect(read({ ...HEADER, ...over })).toEqual(damaged);
});

test.each([0, 3, 1.5, 20])('format %d is that of another version', (format) => {
  expect(read({ ...HEADER, format })).toEqual({ kind: 'other-format', format });
  expect(read({ format })).toEqual({ kind: 'other-format', format });
});

test.each(['', 'null', '7', '[]', '"text"', '{', '{"format":2}'])('%s is not a header', (text) => {
  expect(readPlanHeader(text)).toEqual(damaged);
});
