import type { NextCommand } from '../../domain/run/next-commands.ts';
import { styled, type Text } from '../../text/styled.ts';
import type { Style } from '../terminal/style.ts';

/** Lists the commands that continue, one line each. */
export const nextLines = (next: readonly NextCommand[], { bold }: Style): readonly Text[] =>
  next.map(({ command }, index) => styled`${index === 0 ? 'Next' : '    '}    ${bold(command)}`);
