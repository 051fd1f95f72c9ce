import type { ActionSpec } from '../domain/action.ts';
import { consentText } from '../domain/action-words.ts';
import { AppError } from '../domain/app-error.ts';
import { EXIT } from '../domain/exit-code.ts';
import { WIDEST, wrap } from '../text/layout.ts';
import { asLines, styled } from '../text/styled.ts';
import { readLine } from './line-input.ts';
import type { Terminal } from './terminal.ts';
import { plural } from './words.ts';

/**
 * Asks for `COUNT@HOST` to be typed. Anything else is a no: rejects with CONFIRM_MISMATCH, and nothing is sent.
 * Leaving with Ctrl-C or Ctrl-D is a no as well.
 */
export async function askConsent(
  terminal: Terminal,
  asked: {
    readonly targets: number;
    readonly host: string;
    readonly spec: ActionSpec;
    /** The command that executes the plan later. */
    readonly plan: string;
    /** What would not be spared because a protecting list could not be read whole: one plain sentence each. */
    readonly unread: readonly string[];
  },
  signal: AbortSignal,
): Promise<void> {
  const { style } = terminal;
  const { targets, host, spec, plan, unread } = asked;
  const width = Math.min(WIDEST, terminal.host.stderr.size().columns) - 1;
  const open = unread.map((text) => style.red(wrap(`! ${text}.`, width, '  ').join('\n')));
  const who = `${plural(targets, 'user')} on ${host}`;
  const wanted = `${targets}@${host}`;
  await terminal.err(
    styled`\n${asLines([...open, ''])}${style.bold(consentText(spec, targets, who))}\nType ${style.bold(wanted)} to go on, anything else to leave: `,
  );
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  let typed: string | undefined;
  try {
    typed = await Promise.race([readLine(terminal.host.stdin), stopped]);
  } finally {
    terminal.host.stdin.close();
  }
  if (typed === wanted) return;
  throw new AppError(
    'CONFIRM_MISMATCH',
    typed === undefined || typed === ''
      ? 'Not confirmed. Nothing was sent.'
      : `“${typed}” is not “${wanted}”. Nothing was sent.`,
    {
      hint: `The plan is kept. To execute it after all: ${plan}`,
      exitCode: EXIT.refused,
    },
  );
}
