import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

let rig: CliRig;
beforeEach(async () => {
  rig = await startCliRig({ users: 30 });
});
afterEach(() => rig.close());

/** A colour, a title, an 8-bit clear, a bell and a turn of direction. */
const HOSTILE = 'x\u001b[31m\u001b]0;t\u0007\u009b2J\u202ey';
/** What none of our own screens writes. */
const OBEYED = /\u001b\]|\u0007|\u009b|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

const FIELDS = ['host', 'orgId', 'runId', 'origin', 'toolVersion', 'planDigest', 'createdAt'];
const COMMANDS = [
  ['report', 'run'],
  ['resume', 'run'],
  ['run', '--plan', 'run', '--yes', '--max-users', '9'],
  ['rerun', 'run', '--dry-run'],
  ['followup', 'run'],
];

test.each(COMMANDS.map((argv) => [argv.join(' '), argv] as const))(
  '%s prints nothing that a terminal obeys, whatever run.json says',
  async (_, argv) => {
    const planned = ['plan', ...userFlags(eligible(rig.org, 2)), '--out', 'run'];
    expect((await rig.type(planned)).code).toBe(0);
    const path = join(rig.dir, 'run', 'run.json');
    const sound = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    for (const field of FIELDS) {
      await writeFile(path, JSON.stringify({ ...sound, [field]: HOSTILE, [HOSTILE]: 1 }));
      for (const more of [[], ['--json']]) {
        const { out, err } = await rig.type([...argv, ...more], { tty: true });
        expect(out + err).not.toMatch(OBEYED);
        expect(out + err).not.toContain('x\u001b[31m');
      }
    }
  },
);

test.each([
  ['doctor'],
  ['explain', HOSTILE],
  ['resume', HOSTILE],
  ['plan', '--file', HOSTILE],
  [HOSTILE],
])('%j: a word of the command line is no command to the terminal', async (...argv) => {
  const { out, err } = await rig.type(argv, {
    tty: true,
    env: { OKTA_CLIENT_ORGURL: `http://${HOSTILE}` },
  });
  expect(out + err).not.toMatch(OBEYED);
});

test('users on a terminal are made safe; in a file they are exact', async () => {
  const { out } = await rig.type(['users', '--all'], { tty: true });
  expect(out).not.toMatch(/(?![\r\n\t])\p{Cc}/u);
});
