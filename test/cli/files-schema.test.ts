import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

const ajv = new Ajv({ allErrors: true, strictRequired: false });
addFormats.default(ajv);

function schema(name: string): ValidateFunction {
  const path = new URL(`../../schemas/${name}.schema.json`, import.meta.url);
  return ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as object);
}

const run = schema('run');
const plan = schema('plan');
const journal = schema('journal');
const secrets = schema('secrets');

let rig: CliRig;
beforeAll(async () => {
  rig = await startCliRig({ users: 80 });
});
afterAll(() => rig.close());

async function lines(name: string): Promise<readonly Record<string, unknown>[]> {
  const text = await rig.read(name);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function expectAll(valid: ValidateFunction, values: readonly unknown[]): void {
  expect(values.length).toBeGreaterThan(0);
  for (const value of values) {
    if (!valid(value)) throw new Error(`${JSON.stringify(value)}: ${ajv.errorsText(valid.errors)}`);
  }
}

test('run.json, plan.jsonl, journal.jsonl and secrets.jsonl of a real run follow their schemas', async () => {
  const ids = eligible(rig.org, 6);
  rig.org.suspend(ids[5]!);
  const flags = [...userFlags([...ids, 'nobody@acme.example']), '--include-status', 'SUSPENDED'];
  const action = [
    '--action',
    'temp-password',
    '--secrets-plaintext',
    '--revoke-tokens',
    '--canary',
    '1',
  ];
  const ended = await rig.type([
    'run',
    ...flags,
    ...action,
    '--yes',
    '--max-users',
    '9',
    '--out',
    'run',
  ]);
  expect([ended.code, ended.err]).toEqual([4, expect.any(String)]);

  expectAll(run, [JSON.parse(await rig.read('run/run.json'))]);
  expectAll(plan, await lines('run/plan.jsonl'));
  const records = await lines('run/journal.jsonl');
  expectAll(journal, records);
  expect(new Set(records.map((record) => record['kind']))).toEqual(
    new Set(['opened', 'attempt', 'effect', 'outcome', 'note', 'closed']),
  );
  expectAll(secrets, await lines('run/secrets.jsonl'));
});

test('anything that is not such a record is refused', () => {
  expect(run({ format: 2 })).toBe(false);
  expect(plan({ row: 1, source: 'a', line: 1, input: 'x', verdict: 'act', columns: {} })).toBe(
    false,
  );
  expect(journal({ seq: 1, kind: 'attempt', at: '2026-11-22T00:00:00Z', chain: 'x' })).toBe(false);
  expect(
    secrets({
      row: 1,
      userId: '00u00000000000000000',
      what: 'temp-password',
      at: '2026-11-22T00:00:00Z',
      attempt: 1,
    }),
  ).toBe(false);
});
