/** What followup says about its own limits, how a watch is written line by line, and a resume of a run that has ended. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeServiceAppKey } from '../../src/sandbox/oauth/oauth.ts';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

const YES = ['--yes', '--max-users', '50'];
let rig: CliRig;
let ids: readonly string[];
let withApp: (scopes: string) => Readonly<Record<string, string | undefined>>;

beforeEach(async () => {
  const { publicJwk, privateJwk } = await makeServiceAppKey();
  rig = await startCliRig({ users: 30, app: { keys: [publicJwk] } });
  await writeFile(join(rig.dir, 'key.jwk'), JSON.stringify(privateJwk), { mode: 0o600 });
  withApp = (scopes) => ({
    OKTA_CLIENT_TOKEN: undefined,
    OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
    OKTA_CLIENT_CLIENTID: rig.org.clientId,
    OKTA_CLIENT_PRIVATEKEY: join(rig.dir, 'key.jwk'),
    OKTA_CLIENT_SCOPES: scopes,
  });
  ids = eligible(rig.org, 3);
  const ended = await rig.type(['run', ...userFlags(ids), '--out', 'run', ...YES]);
  if (ended.code !== 0) throw new Error(ended.err);
});
afterEach(() => rig.close());

test('an assumed lifetime of links is said, and how to set it; not with -q, and not if it is known', async () => {
  const ASSUMED = 'The lifetime of reset links cannot be read; one hour is assumed.';
  const env = withApp('okta.users.manage okta.logs.read');
  const { code, err } = await rig.type(['followup', 'run'], { env });
  expect([code, err.includes(ASSUMED)]).toEqual([0, true]);
  expect(err).toContain('--link-lifetime TIME.\n');
  for (const more of [['-q'], ['--link-lifetime', '2h'], ['--json']])
    expect((await rig.type(['followup', 'run', ...more], { env })).err).not.toContain(ASSUMED);
  expect((await rig.type(['followup', 'run'])).err).not.toContain(ASSUMED);
});

test('a watch without a screen is a whole result, then one line each time, and a whole result at the end', async () => {
  const pieces: string[] = [];
  const { code } = await rig.type(['followup', 'run', '--watch', '--every', '10m'], {
    onOut: (text) => {
      pieces.push(text);
      if (pieces.length === 3) for (const id of ids) rig.org.finish(id);
      // The sleep begins after this text was written.
      setImmediate(() => setImmediate(() => rig.clock.move(600_000)));
    },
  });
  expect(code).toBe(0);
  expect(pieces.map((text) => /users finished/.test(text))).toEqual([true, false, false, true]);
  expect(pieces[1]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}3 waiting\n$/);
  expect(pieces[3]).toMatch(/3 of 3 users finished/);
});

test('a watch looks again after a minute if no other time is set', async () => {
  let said = '';
  const { code } = await rig.type(['followup', 'run', '--watch'], {
    ...{ tty: true, env: { CI: undefined } },
    onOut: (text) => {
      said += text;
      if (text.includes('next check at')) setImmediate(() => rig.press('SIGINT'));
    },
  });
  const [, at = '', next = ''] = /Checked at ([\d:]+), next check at ([\d:]+)/.exec(said) ?? [];
  const seconds = (time: string) =>
    time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  expect([code, (seconds(next) - seconds(at) + 86_400) % 86_400]).toEqual([0, 60]);
});

test('if nobody is stuck, that is said to a person only', async () => {
  const argv = ['followup', 'run', '--resend'];
  const says = async (...more: readonly string[]) => {
    const { code, out } = await rig.type([...argv, ...more]);
    return [code, out.includes('Nobody is stuck: there is nothing to resend.')];
  };
  expect(await says()).toEqual([0, true]);
  expect(await says('-q')).toEqual([0, false]);
  expect(await says('--json')).toEqual([0, false]);
});

test('a resume of a run that has ended says when, also as an event', async () => {
  const { code, events } = await rig.type(['resume', 'run', '--json']);
  const summary = events.find(({ type }) => type === 'summary') as { readonly endedBefore: string };
  expect([code, Date.parse(summary.endedBefore) > 0]).toEqual([0, true]);
  const other = ['run', ...userFlags(eligible(rig.org, 4).slice(3)), '--out', 'other', ...YES];
  const first = (await rig.type([...other, '--json'])).events.at(-1) as object;
  expect(first).toMatchObject({ type: 'summary', exitCode: 0 });
  expect(Object.keys(first)).not.toContain('endedBefore');
});
