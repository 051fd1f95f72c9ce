/** Which run --last is for each command, and which commands ask first. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

let rig: CliRig;
beforeAll(async () => {
  rig = await startCliRig({ users: 20 });
  const ids = eligible(rig.org, 3);
  const yes = ['--yes', '--max-users', '9'];
  const who = (from: number) => userFlags(ids.slice(from, from + 1));
  await rig.type(['run', ...who(0), '--out', 'reports/first', ...yes]);
  const plain = ['--action', 'temp-password', '--secrets-plaintext'];
  await rig.type(['run', ...who(1), ...plain, '--out', 'reports/secret', ...yes]);
  await rig.type(['run', ...who(2), '--out', 'reports/done', ...yes]);
  await rig.type(['plan', ...who(2), '--out', 'reports/planned', '--again']);
});
afterAll(() => rig.close());

test.each<[readonly string[], run: string, asks: boolean]>([
  [['report', '--last'], 'planned', false],
  [['report', '--last', '--verify'], 'planned', false],
  [['followup', '--last'], 'done', false],
  [['followup', '--last', '--resend'], 'done', true],
  [['secrets', 'open', '--last', '--show'], 'secret', false],
  [['resume', '--last'], 'done', false],
])('%j is reports/%s; asks: %s', async (argv, run, asks) => {
  const { err } = await rig.type(argv, { tty: true, stdin: 'no\n' });
  const said = err.replace(/\u001b\[[\d;]*[a-zA-Z]/g, '');
  expect([said.split(' (')[0], said.includes('Is that the run you mean?')]).toEqual([
    `--last is reports/${run}`,
    asks,
  ]);
});
