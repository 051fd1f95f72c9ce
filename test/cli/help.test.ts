/** What `--help` shows, line by line. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { COMMANDS } from '../../src/cli/line/commands.ts';
import { commandHelp, programHelp } from '../../src/cli/line/help.ts';

/** The section of each command in the document, by its name. */
const DOCUMENTED = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')
  .split('\n## ')
  .filter((text) => /^(?!Every|Exit|<)/.test(text))
  .map((text) => [/^[a-z ]*[a-z]/.exec(text)?.[0] ?? '', text] as const);

/** A line of the document in the way help writes it. */
function asHelp(line: string): string {
  if (/^(?:```|\| ---)/.test(line)) return '';
  const [, title] = /^\| (\w+) \| \|$/.exec(line) ?? [];
  if (title !== undefined) return ` ${title}: `;
  const [, flag = '', does = ''] = /^\| (`.*?`) \| (.*) \|$/.exec(line) ?? [];
  if (flag !== '')
    return ` ${flag.replaceAll('`', '')} ${does}`.replaceAll('\\|', '|').replaceAll('&lt;', '<');
  const [, word = '', meaning = ''] = /^`(.*?)`: (.*)\.$/.exec(line) ?? [];
  if (word !== '') return ` ${word}${word.startsWith('-') ? '' : ':'} ${meaning} `;
  return line.replace(/^# /, ' ');
}

const commandOf = (name: string) => COMMANDS.filter((command) => command.name === name);
const help = (name: string, columns: number) =>
  commandOf(name).flatMap((command) => commandHelp(command, columns).split('\n'));

describe('the help of a command', () => {
  test('has what it does, its word, examples and flags', () => {
    expect(help('explain', 80)).toEqual([
      'okta-reset explain CODE',
      '',
      'Explain a code, a status, an outcome or a reason, and what to do about it.',
      '',
      'CODE: an error code (E0000017), an HTTP status (429), a user status (RECOVERY)',
      'or an exit code (7). Also an outcome, a reason or a follow-up’s state',
      '(link-dead)',
      '',
      'Examples:',
      '  $ okta-reset explain E0000017',
      '      why a password reset failed',
      '',
      'Output:',
      '      --json      write events as NDJSON to standard output',
      '  -q, --quiet     print only warnings and results',
      '  -v, --verbose   print more, and log every call to run.log',
      '      --no-color  no colors, no animation (also with NO_COLOR)',
      '      --no-input  never ask; refuse if a question would be needed',
      '  -h, --help      show this help',
      '',
    ]);
  });

  test('folds what a narrow terminal has no room for', () => {
    expect(help('secrets keygen', 60)).toEqual([
      'okta-reset secrets keygen',
      '',
      'Make a key that encrypts temporary passwords and links.',
      '',
      'Examples:',
      '  $ okta-reset secrets keygen --out key.txt',
      '      then run --secrets-recipient age1…',
      '',
      'Secrets:',
      '      --out FILE  new file for the key (mode 600); its',
      '                  public key is printed',
      '',
      'Output:',
      '      --json      write events as NDJSON to standard output',
      '  -q, --quiet     print only warnings and results',
      '  -v, --verbose   print more, and log every call to run.log',
      '      --no-color  no colors, no animation (also with',
      '                  NO_COLOR)',
      '      --no-input  never ask; refuse if a question would be',
      '                  needed',
      '  -h, --help      show this help',
      '',
    ]);
  });

  test('is a hundred columns wide at most, however wide the terminal', () => {
    for (const { name } of COMMANDS) expect(help(name, 300)).toEqual(help(name, 100));
    expect(help('plan', 100)).not.toEqual(help('plan', 80));
  });

  const titlesOf = (name: string) => help(name, 100).filter((line) => /^(?! ).*:$/.test(line));

  test.each(COMMANDS.map(({ name }) => name))('of %s has each title and each flag once', (name) => {
    const titles = titlesOf(name);
    expect(new Set(titles).size).toBe(titles.length);
    const flags = help(name, 100).flatMap((line) => /^ {2}.{4}--([\w-]+)/.exec(line)?.[1] ?? []);
    expect(new Set(flags).size).toBe(flags.length);
    const [command] = commandOf(name);
    const own = (command?.flags ?? []).map((flag) => flag.name);
    const everywhere = ['json', 'quiet', 'verbose', 'no-color', 'no-input', 'help'];
    expect(new Set(flags)).toEqual(new Set([...own, ...everywhere]));
  });

  test('has few titles, which are the same in all commands', () => {
    const all = new Set(COMMANDS.flatMap(({ name }) => titlesOf(name)));
    expect([...all].sort()).toEqual([
      ...['Console:', 'Evidence:', 'Examples:', 'Guards:', 'Hooks:', 'Org:', 'Output:', 'Pace:'],
      ...['Policy:', 'Resend:', 'Sandbox:', 'Secrets:', 'What:', 'Who:'],
    ]);
  });

  test.each(DOCUMENTED)('of %s is what the document of the command line shows', (name, text) => {
    const told = help(name, 100).join(' ').replace(/\s+/g, ' ');
    const [first = '', summary = '', ...lines] = text.split('\n').filter((line) => line !== '');
    expect(told.startsWith(`okta-reset ${first} ${summary} `)).toBe(true);
    for (const line of lines) expect(told).toContain(asHelp(line));
  });

  test('leaves 20 columns at least for what a flag does', () => {
    for (const columns of [20, 30, 38]) {
      const at = help('explain', columns).indexOf('Output:');
      expect(help('explain', columns).slice(at + 1, at + 4)).toEqual([
        '      --json      write events as',
        '                  NDJSON to standard',
        '                  output',
      ]);
    }
  });
});

describe('the help of the program', () => {
  const lines = (columns: number) =>
    programHelp([...commandOf('plan'), ...commandOf('rerun')], columns).split('\n');

  test('has every command in one line', () => {
    expect(lines(80)).toEqual([
      'okta-reset <command>',
      '',
      'Makes thousands of Okta users set a new password: within the org’s rate limits,',
      'each user exactly once, with a report that proves it.',
      '',
      'Commands:',
      '  plan         The dry run: who would be reset, who would not, and why. Sends',
      '               nothing.',
      '  rerun [RUN]  Start a new run over rows of an earlier one: those that failed or',
      '               were not attempted.',
      '',
      'Output:',
      '      --json      write events as NDJSON to standard output',
      '  -q, --quiet     print only warnings and results',
      '  -v, --verbose   print more, and log every call to run.log',
      '      --no-color  no colors, no animation (also with NO_COLOR)',
      '      --no-input  never ask; refuse if a question would be needed',
      '  -h, --help      show this help',
      '      --version   show the version',
      '',
      'okta-reset without a command, in a terminal, asks you what to do step by step.',
      'okta-reset <command> --help shows a command’s flags. New here? okta-reset demo',
      '',
    ]);
  });

  test('is a hundred columns wide at most', () => {
    expect(lines(300)).toEqual(lines(100));
    expect(lines(300)[2]?.length).toBeGreaterThan(80);
  });
});
