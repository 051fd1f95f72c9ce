/** What the console writes in the terminal that started it, and what it gets from the command line. */
import { expect, test } from '@jest/globals';
import type { ConsoleInput, ConsoleTold } from '../../src/app/console/console-port.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { terminalOn } from './terminal-on.ts';

const LINK = 'http://127.0.0.1:8400/open/x';

async function consoleWith(argv: readonly string[], told: readonly ConsoleTold[] = []) {
  const { host, out, err } = terminalOn();
  let input: ConsoleInput | undefined;
  const openConsole = async (given: ConsoleInput) => {
    input = given;
    for (const each of told) await given.tell(each);
    return 143;
  };
  const code = await runCli(['console', ...argv], host, '0.0.0', {}, { openConsole });
  return { code, input, out: out(), err: err() };
}

test.each<[ConsoleTold, out: string, err: string]>([
  [
    { kind: 'listening', url: 'http://127.0.0.1:8400', link: LINK },
    `The console is open, on this machine only. Its link works once:\n\n  ${LINK}\n\nPress Enter for another link. Ctrl-C ends the console; a run under way stops safely first, and can be resumed.\n`,
    '',
  ],
  [{ kind: 'link', link: LINK }, `  ${LINK}\n`, ''],
  [
    { kind: 'warning', text: 'No browser opens.', hint: 'Open the link yourself.' },
    '',
    'Warning: No browser opens.\n  → Open the link yourself.\n',
  ],
  [{ kind: 'closing', phase: 'drain', runs: 0 }, '', 'The console is closed.\n'],
  [
    { kind: 'closing', phase: 'drain', runs: 1 },
    '',
    '1 run: no new calls; waiting for those under way. Ctrl-C again leaves at once.\n',
  ],
  [{ kind: 'closing', phase: 'leave', runs: 2 }, '', 'Leaving now. What was done is recorded.\n'],
])('%j is written as a person reads it', async (told, out, err) => {
  expect(await consoleWith([], [told])).toMatchObject({ code: 143, out, err });
});

test('with --json each is one line on standard output', async () => {
  const told = { kind: 'warning', text: 'No browser opens.', hint: 'Open it.' } as const;
  const { out, err } = await consoleWith(['--json'], [told, { kind: 'link', link: LINK }]);
  expect(err).toBe('');
  expect(
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { v: 1, type: 'console-warning', text: told.text, hint: told.hint },
    { v: 1, type: 'console-link', link: LINK },
  ]);
});

test('the flags reach the console', async () => {
  expect((await consoleWith([])).input).toMatchObject({
    ...{ port: undefined, browser: true, identities: [], verbose: false },
  });
  const flags = ['--port', '8400', '--no-open', '--identity', 'a', '--identity', 'b', '-v'];
  expect((await consoleWith([...flags, '--org', 'https://acme.okta.com'])).input).toMatchObject({
    ...{ port: 8400, browser: false, identities: ['a', 'b'], verbose: true },
    org: { org: 'https://acme.okta.com' },
  });
});
