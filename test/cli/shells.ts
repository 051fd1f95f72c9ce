import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether this machine has a program. */
export function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['-c', 'exit 0'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** What a shell offers for a line, in a folder. The last word is the one at the cursor. `home` is for its own files. */
type Offered = (
  script: string,
  line: readonly string[],
  cwd: string,
  home: string,
) => readonly string[];

const lines = (text: string) => text.split('\n').filter((line) => line !== '');

const bash: Offered = (script, line, cwd) => {
  const words = line.map((word) => `'${word}'`).join(' ');
  const typed = `COMP_WORDS=(okta-reset ${words}); COMP_CWORD=${line.length}`;
  const asked = `${script}\n${typed}; _okta_reset; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return lines(execFileSync('bash', ['--norc', '-c', asked], { encoding: 'utf8', cwd }));
};

const fish: Offered = (script, line, cwd, home) => {
  const asked = `complete -C "okta-reset ${line.join(' ')}"`;
  const out = execFileSync('fish', ['--no-config', '-c', `${script}\n${asked}`], {
    encoding: 'utf8',
    cwd,
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home },
  });
  return lines(out).map((each) => each.split('\t', 1)[0] ?? '');
};

/** Inside an interactive zsh: each match that is added is recorded, and the end of it too. */
const ZSH_INSIDE = `
PROMPT=
unsetopt beep auto_list auto_menu
autoload -U compinit && compinit -D -u
bindkey '^I' complete-word
compadd() {
  local -a matches options
  zparseopts -E -a options O: A: D:
  if ((\${#options})); then builtin compadd "$@"; return; fi
  builtin compadd -O matches "$@"
  print -rl -- $matches >> $OFFERS
  builtin compadd "$@"
}
tell() { print done >> $OFFERS.end }
comppostfuncs=(tell)
source $SCRIPT
`;

/** Outside: a terminal for it, the line, and Tab. */
const ZSH_OUTSIDE = `
zmodload zsh/zpty
zpty -b inner zsh -f -i
zpty -w inner "source $INSIDE; print ready >> $OFFERS.ready"
wait_for() { repeat 200; do zpty -r inner; [[ -e $1 ]] && return; sleep 0.05; done > /dev/null }
wait_for $OFFERS.ready
zpty -w -n inner "$LINE"$'\\t'
wait_for $OFFERS.end
zpty -d inner
`;

const zsh: Offered = (script, line, cwd, home) => {
  const at = (name: string) => join(home, name);
  writeFileSync(at('script'), script);
  writeFileSync(at('inside'), ZSH_INSIDE);
  writeFileSync(at('offers'), '');
  execFileSync('zsh', ['-f', '-c', ZSH_OUTSIDE], {
    cwd,
    timeout: 25_000,
    env: {
      ...process.env,
      HOME: home,
      ZDOTDIR: home,
      SCRIPT: at('script'),
      INSIDE: at('inside'),
      OFFERS: at('offers'),
      LINE: `okta-reset ${line.join(' ')}`,
    },
  });
  return lines(readFileSync(at('offers'), 'utf8'));
};

const SHELLS = { bash, zsh, fish } as const;

/** Asks a shell what it offers. Returns each word once, a folder without its slash. */
export function offeredBy(
  shell: keyof typeof SHELLS,
  script: string,
  line: readonly string[],
  cwd: string,
): readonly string[] {
  const home = mkdtempSync(join(tmpdir(), 'okta-reset-shell-'));
  try {
    const offers = SHELLS[shell](script, line, cwd, home);
    return [...new Set(offers.map((word) => word.replace(/\/$/, '')))].sort();
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
