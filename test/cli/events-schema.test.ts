import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../schemas/events.schema.json', import.meta.url), 'utf8'),
) as object;
const ajv = new Ajv({ allErrors: true });
addFormats.default(ajv);
const valid = ajv.compile(schema);

let rig: CliRig;
beforeAll(async () => {
  rig = await startCliRig({ users: 80 });
});
afterAll(() => rig.close());

/** Types the command line and returns the types of its events, each of which must follow the schema. */
async function types(...argv: readonly string[]): Promise<readonly string[]> {
  const { events, out, err } = await rig.type([...argv, '--json']);
  if (events.length === 0) throw new Error(`no events: ${out}${err}`);
  for (const event of events) {
    if (!valid(event)) throw new Error(`${JSON.stringify(event)}: ${ajv.errorsText(valid.errors)}`);
  }
  return [...new Set(events.map((event: { readonly type: string }) => event.type))];
}

describe('every line of --json follows schemas/events.schema.json', () => {
  test('of a plan, its run, a stop, and the follow-up', async () => {
    const ids = eligible(rig.org, 30);
    const away = ids.slice(5, 30);
    expect(await types('plan', ...userFlags(ids), '--out', 'run')).toEqual(['preview']);
    for (const id of away) rig.org.putOutOfReach(id);
    const { host } = new URL(rig.org.url);
    const run = ['run', '--plan', 'run', '--confirm', `30@${host}`];
    expect(await types(...run)).toEqual(
      expect.arrayContaining(['run-started', 'row', 'stopping', 'run-ended', 'summary']),
    );
    for (const id of away) rig.org.putInReach(id);
    const consent = ['--yes', '--max-users', '30'];
    const rerun = ['rerun', 'run', ...consent, '--canary', '2', '--canary-wait', '0'];
    expect(await types(...rerun)).toEqual(expect.arrayContaining(['preview', 'canary', 'summary']));
    expect(await types('followup', 'run')).toEqual(['followup']);
  });

  test('of the other commands, and of errors', async () => {
    expect(await types('doctor')).toEqual(['finding']);
    expect(await types('explain', 'E0000017')).toEqual(['explanation']);
    expect(await types('secrets', 'keygen', '--out', 'key.txt')).toEqual(['key']);
    expect(await types('plan', '--colour')).toEqual(['error']);
    expect(await types('demo')).toEqual(['error']);
    expect(await types('resume', 'nowhere')).toEqual(['error']);
  });

  test('or the help of the command says what is printed instead', async () => {
    const { events } = await rig.type(['users', '--all', '--limit', '3', '--json']);
    expect(events).toHaveLength(3);
    expect(events.every(({ id, type }) => id !== undefined && type === undefined)).toBe(true);
    for (const command of ['users', 'report', 'demo'])
      expect((await rig.type([command, '--help'])).out).toMatch(/--json +(one|refused)/);
  });

  test('of a run that waits to see whether a call took effect', () => {
    expect(valid({ v: 1, type: 'settling', rows: 3, untilMs: 1_700_000_105_000 })).toBe(true);
    expect(valid({ v: 1, type: 'settling', rows: 3 })).toBe(false);
  });

  test('and something that is not an event is refused', () => {
    expect(valid({ v: 1, type: 'row', row: 1 })).toBe(false);
    expect(valid({ v: 2, type: 'error', code: 'A', message: '', hint: '', exitCode: 2 })).toBe(
      false,
    );
    expect(valid({ type: 'finding', level: 'good', subject: 'a', found: 'b' })).toBe(false);
  });
});
