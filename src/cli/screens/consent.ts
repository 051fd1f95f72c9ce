import type { AskedOf } from '../../app/run/consent/protection.ts';
import type { CanarySeen } from '../../app/run/consent/run-consent.ts';
import { consentText, mailsUsers } from '../../domain/plan/action.ts';
import { checkTyped, formatConfirmation, isTypedYes } from '../../domain/plan/confirmation.ts';
import { alignColumns, WIDEST, wrap } from '../../text/layout.ts';
import { asLines, styled } from '../../text/styled.ts';
import type { LineInput } from '../terminal/line-input.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { count, counted } from '../../domain/counted.ts';

const MOST_SHOWN = 10;

/**
 * Asks the person to type `COUNT@HOST`, which the plan's digest can follow. Anything else is a no: rejects with
 * CONFIRM_MISMATCH or CONFIRM_OTHER_PLAN, and nothing is sent. Leaving with Ctrl-C or Ctrl-D is also a no. `hint` says how
 * to continue later.
 */
export async function askConsent(
  terminal: Terminal,
  input: LineInput,
  { run, users, later, unread, hint }: AskedOf & { readonly hint: string },
  signal: AbortSignal,
): Promise<void> {
  const { bold, red } = terminal.style;
  const { host, spec } = run;
  const width = Math.min(WIDEST, terminal.host.stderr.size().columns) - 1;
  const open = unread.map(({ text }) => red(wrap(`! ${text}.`, width - 2, '  ').join('\n')));
  const all = counted(users + later, 'user');
  const who = `${later === 0 ? all : `the first ${count(users)} of ${all}`} on ${host}`;
  const wanted = formatConfirmation({ count: users, host });
  const then =
    later === 0
      ? ''
      : `They are read back, and you are asked again before the other ${count(later)}.\n`;
  await terminal.err(
    styled`\n${asLines([...open, ''])}${asLines(wrap(consentText(spec, users, who), width).map(bold))}\n${then}Type ${bold(wanted)} to go on, anything else to stop: `,
  );
  checkTyped(await input.next(signal), { confirm: wanted, planDigest: run.planDigest }, hint);
}

/**
 * Shows how the users of a wave were read back, and asks whether to continue with the next wave or the rest. Only
 * `COUNT@HOST` is a yes, with or without the plan's digest.
 */
export async function askToGoOn(
  terminal: Terminal,
  input: LineInput,
  { run, users, wave, waves, next, left }: CanarySeen,
  signal: AbortSignal,
): Promise<boolean> {
  const { bold, green } = terminal.style;
  const { host, spec } = run;
  const width = Math.min(WIDEST, terminal.host.stderr.size().columns) - 1;
  const shown = alignColumns(
    users.slice(0, MOST_SHOWN).map(({ login, status }) => [{ text: login }, { text: status }]),
    { width, indent: '  ', flexible: 0 },
  );
  const rest = `the other ${counted(left, 'user')} on ${host}`;
  const who = next < left ? `the next ${count(next)} of ${rest}` : rest;
  const wanted = formatConfirmation({ count: next, host });
  const which = waves > 1 ? `Wave ${wave} of ${waves}: ` : '';
  const then =
    next < left
      ? [`They are read back, and you are asked again before the ${count(left - next)} after them.`]
      : [];
  await terminal.err(
    asLines([
      '',
      green(`${which}${counted(users.length, 'user')} read back, and correct:`),
      ...shown,
      ...(users.length > MOST_SHOWN ? [`  … and ${count(users.length - MOST_SHOWN)} more`] : []),
      '',
      mailsUsers(spec)
        ? 'Check now: have the emails arrived, and does a link work?'
        : 'Check now: is this what you expect?',
      ...wrap(consentText(spec, next, who), width).map(bold),
      ...then,
      styled`Type ${bold(wanted)} to go on, anything else to stop here: `,
    ]),
  );
  return isTypedYes(await input.next(signal), { confirm: wanted, planDigest: run.planDigest });
}
