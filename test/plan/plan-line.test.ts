import { describe, expect, test } from '@jest/globals';
import { readPlanLine } from '../../src/plan/file/plan-line.ts';
import { userId } from './fake-org.ts';

const LINE = {
  row: 3,
  source: 'users.csv',
  line: 4,
  input: 'ada@acme.example',
  userId: userId(3),
  login: 'ada@acme.example',
  status: 'ACTIVE',
  providerType: 'OKTA',
  statusChangedMs: 1,
  passwordChangedMs: 2,
  verdict: 'act',
  columns: { Name: 'Ada' },
};
const SKIPPED = { ...LINE, verdict: 'skip', reason: 'status:STAGED', detail: 'Why.' };
const OPTIONAL = ['login', 'status', 'providerType', 'statusChangedMs', 'passwordChangedMs'];

const read = (line: object, columns?: boolean) => readPlanLine(JSON.stringify(line), 3, columns);

function without(line: object, name: string): object {
  return Object.fromEntries(Object.entries(line).filter(([key]) => key !== name));
}

test('a line is read back as the row that it is', () => {
  expect(read(LINE)).toEqual({ ...LINE, verdict: { kind: 'act' } });
  expect(read(SKIPPED)?.verdict).toEqual({ kind: 'skip', reason: 'status:STAGED', detail: 'Why.' });
  expect(read(without(SKIPPED, 'detail'))?.verdict).toEqual({
    kind: 'skip',
    reason: 'status:STAGED',
  });
  expect(read(LINE, false)?.columns).toEqual({});
});

test('without its columns, nothing from their beginning on is parsed', () => {
  const text = JSON.stringify(LINE).replace('"Name":"Ada"', 'torn ,"columns":{');
  expect(readPlanLine(text, 3, false)).toEqual(read(LINE, false));
  expect(readPlanLine(text, 3)).toBeUndefined();
});

describe.each<[string, object, readonly string[]]>([
  ['a row to act on', LINE, OPTIONAL],
  ['a row to skip', SKIPPED, ['userId', ...OPTIONAL, 'detail']],
])('%s', (_, line, optional) => {
  test('is not accepted without a required member, and is accepted without the rest', () => {
    const passed = Object.keys(line).filter((name) => read(without(line, name)) !== undefined);
    expect(passed.toSorted()).toEqual(optional.toSorted());
  });

  test.each([[[7]], [{ no: 7 }], [false]])(
    'is not accepted with %j in place of any member',
    (wrong) => {
      const passed = Object.keys(line).filter(
        (name) => read({ ...line, [name]: wrong }) !== undefined,
      );
      expect(passed).toEqual([]);
    },
  );
});

test.each([
  ['another row', { ...LINE, row: 4 }],
  ['an id that is none', { ...LINE, userId: '../me' }],
  ['a skipped row with such an id', { ...SKIPPED, userId: '../me' }],
  ['an act with a reason', { ...LINE, reason: 'admin' }],
  ['an act with a detail', { ...LINE, detail: 'Why.' }],
  ['a verdict that is none', { ...LINE, verdict: 'greet' }],
  ['a reason that is none', { ...SKIPPED, reason: 'mood' }],
  ['a column that is no text', { ...LINE, columns: { Name: 'Ada', Age: 7 } }],
])('%s is not a line of the plan', (_, line) => {
  expect(read(line)).toBeUndefined();
});
