import { asCalled } from '../../domain/program.ts';
import type { AppEvent } from '../../domain/run/event.ts';
import { WIDEST, wrap } from '../../text/layout.ts';
import { plain } from '../../text/safe.ts';
import { hintLines } from './hint-lines.ts';
import { styled, type Text } from '../../text/styled.ts';
import type { Terminal } from '../terminal/terminal.ts';

export type Message = Extract<AppEvent, { type: 'message' }>;

const LEVELS = { info: '', warning: 'Warning: ', error: 'Error: ' } as const;

/** Formats a message for a person: what there is to know, and below it what to do. */
export function messageText({ level, text, hint = '' }: Message, terminal: Terminal): Text {
  const { style, host } = terminal;
  const width = Math.min(WIDEST, host.stderr.size().columns);
  const words = LEVELS[level] + plain(asCalled(text, host.program));
  const said = wrap(words, width - 3, '  ').join('\n');
  const next = hintLines(hint, width - 5, host.program).join('\n    ');
  const shown = level === 'info' ? style.dim(said) : style.yellow(said);
  return styled`${shown}${next === '' ? '' : styled`\n  ${style.bold('→')} ${next}`}\n`;
}
