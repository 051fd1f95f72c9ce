import { describe, expect, test } from '@jest/globals';
import { COMMANDS } from '../../src/cli/commands.ts';
import { parseCall } from '../../src/cli/parse.ts';

const parse = (line: string) => parseCall(line === '' ? [] : line.split(' '), COMMANDS, 80);

describe('calls', () => {
  test('nothing at all asks for the guide', async () => {
    await expect(parse('')).resolves.toEqual({ kind: 'bare' });
  });

  test('--version and -h stand without a command', async () => {
    await expect(parse('--version')).resolves.toEqual({ kind: 'version' });
    await expect(parse('-h')).resolves.toMatchObject({ kind: 'help' });
    await expect(parse('help')).resolves.toMatchObject({ kind: 'help' });
  });

  test.each(COMMANDS.map(({ name }) => name))('%s --help shows its flags', async (name) => {
    const call = await parse(`${name} --help`);
    expect(call).toMatchObject({
      kind: 'help',
      text: expect.stringContaining(`okta-reset ${name}`),
    });
    for (const { name: flag } of COMMANDS.find((command) => command.name === name)?.flags ?? []) {
      expect(call).toMatchObject({ text: expect.stringContaining(`--${flag}`) });
    }
  });

  test('repeatable flags are lists, values stay text, switches are true', async () => {
    const call = await parse('plan --csv a.csv --csv - --limit 007 --all -q --where Status=A=B');
    expect(call).toMatchObject({
      kind: 'command',
      parsed: { csv: ['a.csv', '-'], limit: '007', all: true, quiet: true, where: 'Status=A=B' },
    });
  });

  test('a value may start with a dash only after =', async () => {
    await expect(parse('plan --search --limit 5')).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('--search'),
    });
    await expect(parse('plan --csv=-all.csv --user=-x --csv - --skip -1')).resolves.toMatchObject({
      parsed: { csv: ['-all.csv', '-'], user: '-x', skip: '-1' },
    });
  });

  test.each([
    ['plan --csv -all.csv', '--csv needs a value', '--csv=./-all.csv'],
    ['plan --user -x', '--user needs a value', '--user=-x'],
    ['plan --csv -q', '--csv needs a value', '--help'],
    ['plan --csv', '--csv needs a value', '--help'],
    ['plan --csv --limit=5', '--csv needs a value', '--help'],
    ['plan --csv --', '--csv needs a value', '--csv=./--'],
    ['resume run --org -o', '--org needs a value', '--org=-o'],
  ])('%s is refused in plain words', async (line, message, hint) => {
    await expect(parse(line)).rejects.toMatchObject({
      code: 'USAGE',
      exitCode: 2,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });
});

describe('refused with exit 2 and a suggestion', () => {
  test.each([
    ['plna', 'okta-reset plan'],
    ['plan --cvs users.csv', '--csv'],
    ['plan --revoke-session --csv x', '--revoke-sessions'],
    ['plan --token abc', '--token-file'],
    ['explain', 'explain --help'],
    ['resume one two', 'resume --help'],
    ['plan users.csv', 'plan --help'],
    ['--json', '--help'],
  ])('%s', async (line, hint) => {
    await expect(parse(line)).rejects.toMatchObject({
      code: 'USAGE',
      exitCode: 2,
      hint: expect.stringContaining(hint),
    });
  });
});
