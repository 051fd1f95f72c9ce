import { expect, test } from '@jest/globals';
import { repeatWarnings } from '../../src/plan/preview/repeat-warnings.ts';

const spec = { action: 'reset-password' };

function text(rows: number, runs: readonly string[], again = false): string | undefined {
  const [warning, ...others] = repeatWarnings({ spec, repeats: { rows, runs, again } } as never);
  expect(others).toEqual([]);
  expect(warning?.rows).toBe(rows === 0 ? undefined : rows);
  return warning?.text;
}

test('users on whom other runs have acted are counted, with those runs', () => {
  expect(text(1, ['monday'])).toBe(
    '1 user is left out: run monday has done the same already, and nothing has changed for this user since. --again acts on them anyway.',
  );
  expect(text(12, ['monday', 'tuesday', 'friday'])).toBe(
    '12 users are left out: run monday and 2 more have done the same already, and nothing has changed for them since. --again acts on them anyway.',
  );
});

test('--again says on whom it acts a second time, and what that does', () => {
  expect(text(2, ['monday'], true)).toMatch(
    /^--again acts a second time on 2 users that run monday has done already; nothing has changed for them since\. \S/,
  );
});

test('nothing is said if no user was acted on before', () => {
  expect(text(0, [])).toBeUndefined();
  expect(repeatWarnings({ spec, repeats: undefined } as never)).toEqual([]);
});
