/** Which run --last is for each command, and which commands ask first. */
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runCli } from '../../src/cli/run-cli.ts';
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

test('the question which run is meant fits the terminal, and a no ends the command', async () => {
  const { host, err } = rig.host({ tty: true, stdin: 'no\n' });
  const stderr = { ...host.stderr, size: () => ({ columns: 60, rows: 40 }) };
  const argv = ['followup', '--last', '--resend'];
  expect(await runCli(argv, { ...host, stderr }, '0.0.0')).toBe(5);
  // The answer ends its line on a real terminal.
  const said = stripVTControlCharacters(err()).replace('to stop: ', 'to stop: \n');
  expect(said).toContain('Is that the run you mean?');
  expect(said.split('\n').filter((line) => line.length > 60)).toEqual([]);
});
