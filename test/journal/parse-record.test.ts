import { describe, expect, test } from '@jest/globals';
import { parseRecord } from '../../src/journal/parse-record.ts';
import { attempt, effect, opened, outcome } from './sample.ts';

const AT = '2026-11-22T03:15:02.000Z';
const TIE = { runId: 'other', dir: '../other', rows: 2 };
const ANSWER = { status: 200, oktaCode: 'E0000001', message: 'm', requestId: 'r', secret: 'ab' };

const note = (kind: string, members: object) => ({
  kind: 'note',
  at: AT,
  note: { kind, ...members },
});

/** A record of each kind with all that it can have, and which of that it can be without. */
const RECORDS: readonly (readonly [string, object, readonly string[]])[] = [
  [
    'an attempt',
    attempt(1, { before: { status: 'ACTIVE', statusChangedMs: 1, passwordChangedMs: 2 } }),
    ['before.status', 'before.statusChangedMs', 'before.passwordChangedMs'],
  ],
  [
    'an outcome',
    outcome(1, { ...ANSWER, reason: 'x', startedAt: AT }),
    ['reason', 'step', 'startedAt', ...Object.keys(ANSWER)],
  ],
  ['an effect', effect(1, ANSWER), Object.keys(ANSWER)],
  [
    'an opening',
    opened({
      canary: 0,
      waves: [5, 50],
      canaryOnly: true,
      recipients: ['age1'],
      principal: { kind: 'user', id: '00u', login: 'a@b' },
    }),
    ['canary', 'waves', 'canaryOnly', 'recipients', 'principal'],
  ],
  ['an opening by an app', opened({ principal: { kind: 'app', clientId: '0oa' } }), ['principal']],
  ['an end', { kind: 'closed', at: AT, stop: { kind: 'signal' } }, ['stop', 'stop.kind']],
  ['a verified canary', note('canary-verified', { rows: 0 }), []],
  ['a consent', note('consented', { rows: 3 }), []],
  ['a consent to a wave', note('wave-consented', { wave: 1 }), []],
  ['a pause', note('pause', { bucket: '/api', waitMs: 5, cause: 'window' }), []],
  ['traffic', note('traffic', { bucket: '/api', calls: 3, throttled: 0, waitedMs: 1.5 }), []],
  ['a hand-over', note('handed-over', TIE), []],
  ['a taking up', note('taken-up', TIE), []],
];

type Fields = Record<string, unknown>;

/** The record with the member at `path` replaced, or left out. */
function changed(record: object, path: string, value?: unknown): Fields {
  const [name = '', ...rest] = path.split('.');
  const fields = { ...record } as Fields;
  if (rest.length === 0 && value === undefined)
    return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
  if (rest.length > 0) fields[name] = changed(fields[name] as object, rest.join('.'), value);
  else fields[name] = value;
  return fields;
}

function pathsOf(record: object, before = ''): readonly string[] {
  return Object.entries(record).flatMap(([name, value]) => [
    before + name,
    ...(typeof value === 'object' && value !== null && !Array.isArray(value)
      ? pathsOf(value as object, `${before}${name}.`)
      : []),
  ]);
}

const isRecord = (value: unknown) => parseRecord(JSON.stringify(value)) !== undefined;

describe.each(RECORDS)('%s', (_, record, optional) => {
  test('is read with all that it can have', () => {
    expect(parseRecord(JSON.stringify({ seq: 7, ...record, chain: 'ab' }))).toEqual({
      seq: 7,
      record: { seq: 7, ...record, chain: 'ab' },
    });
  });

  test('is not accepted without a required member, and is accepted without the rest', () => {
    const without = pathsOf(record).filter((path) => isRecord(changed(record, path)));
    expect(without.toSorted()).toEqual(optional.toSorted());
  });

  test('is not accepted with a member of another type', () => {
    const paths = pathsOf(record).filter((path) => !path.startsWith('stop.'));
    for (const wrong of [[false], { no: true }, false]) {
      const passed = paths.filter((path) => isRecord(changed(record, path, wrong)));
      // What stopped an invocation is kept as it is. Nothing need be known about a user before the call.
      expect(passed).toEqual(
        paths.filter((path) => ['stop', 'before'].includes(path) && 'no' in Object(wrong)),
      );
    }
  });
});

test.each([
  ['a row of none', attempt(0)],
  ['half a row', attempt(1.5)],
  ['an attempt of none', attempt(1, { attempt: 0 })],
  ['a step that is none', attempt(1, { step: 'greet' as never })],
  ['an outcome that is none', outcome(1, { outcome: 'not-attempted' as never })],
  ['a wave without rows', opened({ waves: [0] })],
  ['a canary of less than none', opened({ canary: -1 })],
  ['a recipient that is no text', opened({ recipients: [1 as never] })],
  ['a second recipient that is no text', opened({ recipients: ['age1', 1 as never] })],
  ['a second wave without rows', opened({ waves: [5, 0] })],
  ['a principal of a kind that is none', opened({ principal: { kind: 'group' } as never })],
  ['a record of a kind that is none', { kind: 'greeting', at: AT }],
  ['a note without a kind', { kind: 'note', at: AT, note: {} }],
  ['a list', [attempt(1)]],
  ['nothing', null],
])('%s is not a record', (_, record) => {
  expect(isRecord(record)).toBe(false);
});

test('notes of later versions are passed on, and a run of an unknown owner is read', () => {
  expect(isRecord(note('a-later-kind', {}))).toBe(true);
  expect(isRecord(note('temp-password-split', {}))).toBe(true);
  expect(isRecord(opened({ principal: { kind: 'unknown' } }))).toBe(true);
  expect(parseRecord('{"kind":"attempt"')).toBeUndefined();
});
