import { describe, expect, test } from '@jest/globals';
import { COMMANDS } from '../../src/cli/line/commands.ts';
import { parseCall, type Call } from '../../src/cli/line/parse.ts';
import { errorOf } from '../selection/sample.ts';

const parse = (line: string) => parseCall(line === '' ? [] : line.split(' '), COMMANDS, 80);

const givenOf = (call: Call) =>
  call.kind === 'command' ? Object.fromEntries(call.given) : undefined;

describe('calls', () => {
  test('no words at all start the guide', async () => {
    await expect(parse('')).resolves.toEqual({ kind: 'bare' });
  });

  test('--version and -h need no command', async () => {
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

  test('flags keep their values in the order in which they were given; a switch has none', async () => {
    const call = await parse('plan --file a.csv --file - --limit 007 --all -q --where Status=A=B');
    expect(givenOf(call)).toEqual({
      file: ['a.csv', '-'],
      limit: ['007'],
      all: [],
      quiet: [],
      q: [],
      where: ['Status=A=B'],
    });
  });

  test('the former name of a flag is accepted', async () => {
    const call = await parse('plan --csv a.csv --csv=b.csv --file c.csv');
    expect(givenOf(call)).toEqual({ file: ['a.csv', 'b.csv', 'c.csv'] });
    expect(givenOf(await parse('plan --csv=a=b.csv'))).toEqual({ file: ['a=b.csv'] });
    await expect(parse('plan --csv')).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('the hours of the day take the word after them as their zone, also a misspelled one', async () => {
    const zones = ['Europe/Berlin', 'UTC', 'Europe/Berln', 'america/new_york'];
    for (const zone of zones) {
      const call = await parse(`resume --between 08:00-18:00 ${zone} reports/night`);
      expect(givenOf(call)).toEqual({ between: [`08:00-18:00 ${zone}`] });
      expect(call).toMatchObject({ word: 'reports/night' });
    }
    const none = await parse('resume --between 08:00-18:00 reports/night');
    expect(none).toMatchObject({ word: 'reports/night' });
  });

  test.each([
    'plan 00abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123',
    'resume run 00abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123',
    '00abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123',
  ])('a token that was typed instead of a name is not shown: %s', async (line) => {
    const error = await errorOf(parse(line));
    expect(`${error.message} ${error.hint}`).not.toContain('00abcdefghij');
    expect(error.message).toContain('looks like a token');
  });

  test('a value can start with a dash only after =', async () => {
    await expect(parse('plan --search --limit 5')).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('--search'),
    });
    const call = await parse('plan --file=-all.csv --user=-x --file - --skip -1');
    expect(givenOf(call)).toEqual({ file: ['-all.csv', '-'], user: ['-x'], skip: ['-1'] });
  });

  test.each([
    ['plan --file -all.csv', '--file needs a value', '--file=./-all.csv'],
    ['plan --out -x', '--out needs a value', '--out=./-x'],
    ['plan --user -x', '--user needs a value', '--user=-x'],
    ['plan --file -q', '--file needs a value', '--help'],
    ['plan --file', '--file needs a value', '--help'],
    ['plan --file --limit=5', '--file needs a value', '--help'],
    ['plan --file --', '--file needs a value', '--file=./--'],
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

describe('a flag that no command has', () => {
  test.each([
    ...['--nope', '--nope=5', '--nope 5', '--nope=x', '--nope.a=1', '--no-quiet', '--no-file'],
    ...['--no-nope', '--Quiet', '--dryRun', '--nope=true', '--n0', '-Q', '-x', '-qx', '--json.a'],
  ])('%s is refused', async (words) => {
    for (const line of [`plan ${words} --all`, `plan --all ${words}`])
      await expect(parse(line)).rejects.toMatchObject({ code: 'USAGE', exitCode: 2 });
  });

  test('is called by its dashes, and suggests only what is close', async () => {
    const told = async (line: string) => {
      const { message, hint } = await errorOf(parse(line));
      return [message, hint];
    };
    const none = 'See --help for the flags of this command.';
    expect(await told('plan -x --all')).toEqual(['Unknown flag -x.', none]);
    expect(await told('plan --xx --all')).toEqual(['Unknown flag --xx.', none]);
    const near = 'Did you mean --quiet?';
    expect(await told('plan --quite --all')).toEqual(['Unknown flag --quite.', near]);
  });
});

describe('a word', () => {
  test('after the command is kept as it is typed', async () => {
    for (const word of ['007', '1e3', '0x10', '-', '4.0', 'true', '00u1'])
      expect(await parse(`explain ${word}`)).toMatchObject({ word });
  });

  test('after a switch is not its value', async () => {
    const call = await parse('resume -q run --force-unlock --yes');
    expect([call, givenOf(call)]).toMatchObject([
      { word: 'run' },
      { q: [], quiet: [], 'force-unlock': [], yes: [] },
    ]);
    expect(await parse('resume --last=true')).toMatchObject({ word: undefined });
  });
});

describe('refused with exit 2 and a suggestion', () => {
  test.each([
    ['plna', 'okta-reset plan'],
    ['plan --cvs users.csv', '--file'],
    ['plan --revoke-session --file x', '--revoke-sessions'],
    ['plan --token abc', 'Set OKTA_CLIENT_TOKEN, or use --token-file FILE.'],
    ['explain', 'explain --help'],
    ['completion', 'completion --help'],
    ['resume one two', 'resume --help'],
    ['doctor users.csv', 'See: okta-reset doctor --help'],
    ['plan users.csv', 'okta-reset plan --file users.csv'],
    ['run users.ndjson --yes', 'okta-reset run --file users.ndjson'],
    ['plan --csb users.csv', '--file'],
    ['plan --$0 x --file users.csv', 'See --help'],
    ['--json', '--help'],
  ])('%s', async (line, hint) => {
    await expect(parse(line)).rejects.toMatchObject({
      code: 'USAGE',
      exitCode: 2,
      hint: expect.stringContaining(hint),
    });
  });
});
