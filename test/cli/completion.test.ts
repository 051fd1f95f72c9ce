import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACTION_NAMES } from '../../src/domain/plan/action.ts';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMANDS } from '../../src/cli/line/commands.ts';
import { completionScript, SHELLS } from '../../src/cli/completion/completion.ts';
import { isInstalled, offeredBy } from './shells.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'okta-reset-completion-'));
  await mkdir(join(dir, 'reports', 'run'), { recursive: true });
  await writeFile(join(dir, 'users.csv'), '');
  await writeFile(join(dir, 'two words.csv'), '');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const ACTIONS = ACTION_NAMES.toSorted();

// A shell that is not installed is skipped, and shown as skipped.
describe.each(['bash', 'zsh', 'fish'] as const)('completion in %s', (shell) => {
  const here = isInstalled(shell) ? test : test.skip;
  const script = completionScript(shell, COMMANDS);
  const offered = (...line: readonly string[]) => offeredBy(shell, script, line, dir);

  here('the script is one that the shell reads without a word', async () => {
    const file = join(dir, `script.${shell}`);
    await writeFile(file, script);
    const { stdout, stderr, status } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    expect([stdout, stderr, status]).toEqual(['', '', 0]);
  });

  here('commands, and the words of a family', () => {
    expect(offered('re')).toEqual(['report', 'rerun', 'resume']);
    expect(offered('secrets', '')).toEqual(expect.arrayContaining(['keygen', 'open']));
    expect(offered('--ver')).toEqual(['--version']);
  });

  here('the flags of the command, and of no other', () => {
    expect(offered('plan', '--ex')).toEqual(['--exclude', '--exclude-group']);
    expect(offered('secrets', 'open', '--i')).toEqual(['--identity']);
    expect(offered('doctor', '--file')).toEqual([]);
    // A run with the name of a command.
    expect(offered('report', 'plan', '--ex')).toEqual([]);
  });

  here('words that a flag or a command may have', () => {
    expect(offered('run', '--action', '')).toEqual(ACTIONS);
    expect(offered('report', '--format', 'h')).toEqual(['html']);
    expect(offered('completion', 'f')).toEqual(['fish']);
  });

  here('files where a file is meant, folders where a run is', () => {
    expect(offered('plan', '--file', 'us')).toEqual(['users.csv']);
    expect(offered('report', 're')).toEqual(['reports']);
    expect(offered('run', '--plan', 'u')).toEqual([]);
    expect(offered('report', '--format', 'users')).toEqual([]);
  });
});

describe('completion', () => {
  test('bash keeps the spaces of a name, and completes after =', () => {
    const script = completionScript('bash', COMMANDS);
    expect(offeredBy('bash', script, ['plan', '--file', 'tw'], dir)).toEqual(['two words.csv']);
    expect(offeredBy('bash', script, ['run', '--action', '=', 't'], dir)).toEqual([
      'temp-password',
    ]);
    expect(offeredBy('bash', script, ['run', '--action', '='], dir)).toEqual(ACTIONS);
  });

  test('every command with every flag', () => {
    const script = completionScript('bash', COMMANDS);
    for (const { name, flags } of COMMANDS) {
      const offers = offeredBy('bash', script, [...name.split(' '), '--'], dir);
      expect(offers).toEqual(expect.arrayContaining(flags.map((flag) => `--${flag.name}`)));
    }
  }, 60_000);

  test.each(SHELLS)('%s knows every command and flag', (shell) => {
    const script = completionScript(shell, COMMANDS);
    for (const { name, flags } of COMMANDS) {
      for (const word of name.split(' ')) expect(script).toContain(word);
      for (const flag of flags) expect(script).toContain(flag.name);
    }
    expect(script).not.toContain('undefined');
  });

  test.each([
    ['quiet', /-l quiet -s q -d /],
    ['token-file', /-l token-file -r -F -d /],
    ['plan', /-l plan -x -a '\(__fish_complete_directories\)' -d /],
    ['action', /-l action -x -a '[a-z -]+' -d /],
    ['concurrency', /-l concurrency -x -d /],
  ])('fish is told what follows --%s', (flag, told) => {
    const lines = completionScript('fish', COMMANDS)
      .split('\n')
      .filter((line) => line.includes(` -l ${flag} `));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(told);
  });

  test('fish offers folders after a command that takes a run, and words after completion', () => {
    const lines = completionScript('fish', COMMANDS).split('\n');
    const at = (name: string) => `complete -c okta-reset -n '__okta_reset_at ${name}' -a `;
    expect(lines).toContain(`${at('report')}'(__fish_complete_directories)'`);
    expect(lines).toContain(`${at('completion')}'bash zsh fish powershell'`);
    expect(lines.filter((line) => line.startsWith(at('plan')))).toEqual([]);
  });

  test('zsh gets an end for each beginning', () => {
    const lines = completionScript('zsh', COMMANDS).split('\n');
    const count = (word: RegExp) => lines.filter((line) => word.test(line)).length;
    expect(count(/^ *case /)).toBe(count(/^ *esac$/));
    expect(count(/^ *if .*(?<!fi)$/)).toBe(count(/^ *fi$/));
    expect(count(/^\w+\(\) \{$/)).toBe(count(/^\}$/));
  });

  test('fish gets a function that has an end', () => {
    const lines = completionScript('fish', COMMANDS).split('\n');
    const at = lines.findIndex((line) => line.startsWith('function '));
    const after = lines.slice(at + 1);
    expect(after[after.findIndex((line) => !line.startsWith('  '))]).toBe('end');
  });

  test.each([
    ['a switch', 'dry-run', /^'\(-n --dry-run\)'\{-n,--dry-run\}'\[.*\]'$/],
    ['one value', 'concurrency', /^'--concurrency=\[.*\]:N: '$/],
    ['a file', 'token-file', /^'--token-file=\[.*\]:FILE:_files'$/],
    ['several values', 'file', /^'\*--file=\[.*\]:[^:]+:_files'$/],
    ['one of some words', 'action', /^'--action=\[.*\]:[^:]+:\([a-z -]+\)'$/],
    ['a switch without a letter', 'revoke-sessions', /^'--revoke-sessions\[.*\]'$/],
  ])('zsh is told how %s is typed', (_, flag, told) => {
    const specs = completionScript('zsh', COMMANDS)
      .split('\n')
      .map((line) => line.trim().replace(/ \\$/, ''))
      .filter((line) => new RegExp(`--${flag}[=[}]`).test(line));
    expect(specs.length).toBeGreaterThan(0);
    for (const spec of specs) expect(spec).toMatch(told);
  });

  test('PowerShell gets no quote that would end a text, and counts ’ as one', () => {
    const lines = completionScript('powershell', COMMANDS).split('\n');
    for (const line of lines) {
      expect(line).not.toMatch(/[‘’‚‛“”„]/);
      expect((line.match(/'/g) ?? []).length % 2).toBe(0);
    }
    const text = lines.join('\n');
    for (const [open, close] of ['{}', '()', '[]'])
      expect(text.split(open ?? '').length).toBe(text.split(close ?? '').length);
  });

  /** The tables of the PowerShell script: what is offered for each name. */
  const tables = () => {
    const lines = completionScript('powershell', COMMANDS).split('\n');
    const words = (text: string) => [...text.matchAll(/'([^']*)'/g)].map(([, word = '']) => word);
    const table = (name: string): Record<string, readonly string[]> => {
      const from = lines.indexOf(`  $${name} = @{`) + 1;
      const rows = lines.slice(from, lines.indexOf('  }', from)).map(words);
      return Object.fromEntries(rows.map(([first = '', ...rest]) => [first, rest] as const));
    };
    const list = (name: string) =>
      words(lines.find((line) => line.startsWith(`  $${name} = @(`)) ?? '');
    return { table, list };
  };

  test('PowerShell is told which words a command and a flag may have, and which flags take one', () => {
    const { table, list } = tables();
    expect(table('families')).toEqual({ secrets: ['keygen', 'open'] });
    expect(table('after')).toEqual({ completion: ['bash', 'zsh', 'fish', 'powershell'] });
    expect(table('choices')).toMatchObject({
      'report --format': ['text', 'json', 'csv', 'html'],
      'users --format': ['csv', 'json', 'ndjson'],
    });
    expect(table('flags')['secrets keygen']).toEqual(
      ['--out', '--json', '--quiet', '-q', '--verbose', '-v', '--no-color', '--no-input'].concat(
        ...['--help', '-h'],
      ),
    );
    expect(Object.keys(table('flags'))).toEqual(COMMANDS.map(({ name }) => name));
    expect(list('takes')).toEqual(expect.arrayContaining(['--file', '--format', '--limit']));
    expect(list('takes').filter((flag) => /^--(?:yes|last|json)$/.test(flag))).toEqual([]);
    const first = ['plan', 'secrets', 'completion', 'explain', 'help', '--help', '--version'];
    expect(list('first')).toEqual(expect.arrayContaining(first));
    expect(new Set(list('first')).size).toBe(list('first').length);
  });

  test.each([
    ['bash', /^ +else COMPREPLY=\(\); fi ;;$/],
    ['zsh', /^ +'\*: : ' ;;$/],
  ] as const)(
    '%s offers nothing after a command without a word, or with any word',
    (shell, none) => {
      const lines = completionScript(shell, COMMANDS).split('\n');
      const without = COMMANDS.filter(
        ({ positional: word }) => !/RUN|SHELL/.test(word?.name ?? ''),
      );
      expect(lines.filter((line) => none.test(line))).toHaveLength(without.length);
    },
  );
});
