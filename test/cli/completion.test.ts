import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { COMMANDS } from '../../src/cli/commands.ts';
import { completionScript, SHELLS } from '../../src/cli/completion.ts';

const bash = completionScript('bash', COMMANDS);

/** What bash offers for a line; the last word is the one under the cursor. */
function offered(...line: readonly string[]): readonly string[] {
  const words = line.map((word) => `'${word}'`).join(' ');
  const script = `${bash}\nCOMP_WORDS=(okta-reset ${words}); COMP_CWORD=${line.length}; _okta_reset; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  return out.split('\n').filter((word) => word !== '');
}

describe('completion', () => {
  test('the bash script is one that bash reads', () => {
    expect(() => execFileSync('bash', ['-n'], { input: bash })).not.toThrow();
  });

  test('commands, and the words of a family', () => {
    expect(offered('re')).toEqual(['resume', 'rerun', 'report']);
    expect(offered('secrets', '')).toEqual(['keygen', 'open', '--help']);
  });

  test('the flags of the command, and of no other', () => {
    expect(offered('plan', '--ex')).toEqual(['--exclude', '--exclude-group']);
    expect(offered('secrets', 'open', '--i')).toEqual(['--identity']);
    expect(offered('doctor', '--csv')).toEqual([]);
  });

  test('every command with every flag', () => {
    for (const { name, flags } of COMMANDS) {
      const offers = offered(...name.split(' '), '--');
      expect(offers).toEqual(expect.arrayContaining(flags.map((flag) => `--${flag.name}`)));
    }
  }, 60_000);

  test('words that a flag may be, and files', () => {
    expect(offered('run', '--action', '')).toEqual([
      'reset-password',
      'temp-password',
      'expire-password',
    ]);
    expect(offered('plan', '--csv', 'package.js')).toEqual(['package.json']);
    expect(offered('completion', 'f')).toEqual(['fish']);
  });

  test.each(SHELLS)('%s knows every command and flag', (shell) => {
    const script = completionScript(shell, COMMANDS);
    for (const { name, flags } of COMMANDS) {
      for (const word of name.split(' ')) expect(script).toContain(word);
      for (const flag of flags) expect(script).toContain(flag.name);
    }
  });
});
