import { expect, test } from '@jest/globals';
import type { PlanHeader } from '../../src/domain/plan/plan.ts';
import { checkSameRun, differenceOf } from '../../src/plan/file/binding.ts';

const SPEC = {
  action: 'reset-password',
  sendEmail: true,
  revokeSessions: false,
  revokeTokens: false,
  resetFactors: false,
  order: 'password-first',
} as unknown as PlanHeader['spec'];
const HEADER: PlanHeader = {
  format: 2,
  runId: 'r1',
  createdAt: '2026-03-01T12:00:00.000Z',
  orgId: '00o1',
  host: 'acme.okta.com',
  spec: SPEC,
};
const RUN = { ...HEADER, targets: 7, preview: { targets: 7 } } as never;

test('a run.json that agrees with its plan has no difference', () => {
  expect(differenceOf(RUN, HEADER, 7)).toBeUndefined();
});

test.each([
  ...Object.keys(HEADER).filter((name) => name !== 'spec'),
  ...Object.keys(SPEC).map((name) => `spec.${name}`),
])('a different %s is named, with both values', (path) => {
  const [name = '', member] = path.split('.');
  const spec = member === undefined ? SPEC : { ...SPEC, [member]: 'another' };
  const header = member === undefined ? { ...HEADER, [name]: 'another' } : { ...HEADER, spec };
  expect(differenceOf(RUN, header as never, 7)).toMatch(
    new RegExp(`^${path} is .+, and another in plan.jsonl$`),
  );
});

test('a different number of users to act on is named, in run.json and in its preview', () => {
  expect(differenceOf(RUN, HEADER, 8)).toMatch(/^targets is 7, and 8/);
  const shown = { ...HEADER, targets: 8, preview: { targets: 7 } } as never;
  expect(differenceOf(shown, HEADER, 8)).toMatch(/^preview.targets is 7, and 8/);
});

test('a run.json that was changed since it was shown is refused, whatever was changed', () => {
  const shown = { ...HEADER, targets: 7, note: undefined } as never;
  expect(() => checkSameRun(shown, { ...HEADER, targets: 7 } as never)).not.toThrow();
  expect(() => checkSameRun(shown, { ...HEADER, targets: 8 } as never)).toThrow('changed just now');
});
