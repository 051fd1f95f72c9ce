import { asCalled } from '../../domain/program.ts';
import { wrap } from '../../text/layout.ts';

/** `To execute it after all: okta-reset run --plan RUN`, and whatever is before that. */
const COMMAND_AT_END = /^(.*: )(okta-reset [a-z].*?)\.?$/s;

/**
 * Wraps a hint into lines of at most `width` cells. A command at its end that does not fit stays on a separate line, which
 * the terminal breaks, so that it can be copied.
 */
export function hintLines(hint: string, width: number, program: string): readonly string[] {
  const whole = wrap(asCalled(hint, program), width);
  const [, words = '', command] = COMMAND_AT_END.exec(hint) ?? [];
  if (whole.length < 2 || command === undefined) return whole;
  return [...wrap(asCalled(words, program), width), asCalled(command, program)];
}
