/** Standard output and standard error on one terminal: progress is drawn in place, and is gone before anything else. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runCli } from '../../src/cli/run-cli.ts';
import { drawnBy } from './drawn.ts';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

const PROGRESS = /[█░]|Users exported|Users looked up/;

let rig: CliRig;
let ids: readonly string[];
beforeAll(async () => {
  rig = await startCliRig({ users: 560 });
  ids = eligible(rig.org, 6);
});
afterAll(() => rig.close());

/** Types a command. Returns what the terminal showed at its question, if it asked one, and in the end. */
async function screensOf(argv: readonly string[], answer = '') {
  let written = '';
  const screens: string[] = [];
  const look = () => screens.push(drawnBy(written).own.join('\n'));
  const see = (text: string) => {
    written += text;
    if (!text.endsWith('to stop: ')) return;
    look();
    written += answer;
  };
  const seen = { onOut: see, onErr: see };
  const { code } = await rig.type(argv, {
    tty: true,
    env: { CI: undefined },
    stdin: answer,
    ...seen,
  });
  look();
  return { code, drawn: PROGRESS.test(written), screens };
}

test.each<[readonly string[], string, code: number, ...ends: readonly RegExp[]]>([
  [['plan', '--all'], '', 0, /^DRY RUN – nothing is sent\n\n\d+ users on [^]*DRY RUN[^\n]*\n$/],
  [
    ['run', '--all'],
    'no\n',
    5,
    /^\d+ users on [^]* to stop: $/,
    / to stop: no\nError “no” is not /,
  ],
])('%j draws how far it is, and nothing of that is left', async (argv, answer, code, ...ends) => {
  const { screens, ...seen } = await screensOf(argv, answer);
  expect(seen).toEqual({ code, drawn: true });
  expect(screens).toEqual(ends.map((end) => expect.stringMatching(end)));
  for (const screen of screens) expect(screen).not.toMatch(PROGRESS);
});

test('a run draws how far it is, and its end follows the question', async () => {
  const consent = `${ids.length}@${new URL(rig.org.url).host}\n`;
  const { code, drawn, screens } = await screensOf(['run', ...userFlags(ids)], consent);
  expect([code, drawn]).toEqual([0, true]);
  expect(screens[1]).toContain(`to stop: ${consent}\nThe run is finished.\n`);
  expect(screens[1]).not.toMatch(PROGRESS);
});

test('users that are printed on the terminal are all there, and nothing else is between them', async () => {
  const { code, screens } = await screensOf(['users', '--all', '--columns', 'id']);
  const [title, ...lines] = screens[0]?.split('\n') ?? [];
  const said = lines.splice(lines.findIndex((line) => line.includes(' exported.')));
  expect([code, title, said]).toEqual([0, 'id', [`${lines.length} users exported.`, '']]);
  expect(lines.filter((line) => !line.startsWith('00u'))).toEqual([]);
  expect(lines.length).toBeGreaterThan(500);
});

test('users that go to a file are counted on the terminal meanwhile', async () => {
  const { host, out, err } = rig.host({ tty: true, env: { CI: undefined } });
  const stdout = { ...host.stdout, isTty: false };
  expect(await runCli(['users', '--all', '--columns', 'id'], { ...host, stdout }, '0.0.0')).toBe(0);
  expect(err()).toContain('Users exported: 200');
  expect(drawnBy(err()).own).toEqual([
    `${out().trim().split('\n').length - 1} users exported.`,
    '',
  ]);
});
