import type { Output } from '../../domain/host.ts';
import { asCalled } from '../../domain/program.ts';
import { plainData } from '../../text/safe.ts';
import { render, type Text } from '../../text/styled.ts';

/**
 * The only way to write to a terminal. Words are made safe, colors come from the text's tones, and only these methods move
 * the cursor, so that nothing from a file, a folder or a server can control the terminal.
 */
export interface TerminalWriter {
  readonly output: Output;
  readonly write: (text: Text) => Promise<void>;
  /** Draws lines over the `over` lines that were drawn last. */
  readonly redraw: (lines: readonly Text[], over: number) => Promise<void>;
  /** Begins or ends a separate screen. After its end, the earlier content is back. */
  readonly otherScreen: (on: boolean) => Promise<void>;
  /** Draws lines on the screen from its top, and clears the rest. */
  readonly drawScreen: (lines: readonly Text[]) => Promise<void>;
}

const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';

/** The original output of each guarded one, because a command that runs another passes on its own outputs. */
const behind = new WeakMap<Output, Output>();

/** Opens the writer of an output. */
export function openWriter(
  given: Output,
  { colours, program }: { readonly colours: boolean; readonly program: string },
): TerminalWriter {
  const output = behind.get(given) ?? given;
  const say = (words: string) => asCalled(words, program);
  const shown = (text: Text) => render(text, { colours, say });
  return {
    output: guarded(output),
    write: (text) => output.write(shown(text)),
    // Overwritten first and then cleared of the rest, because an erased screen would flicker and fill the scrollback.
    redraw: (lines, over) =>
      output.write(
        `${over === 0 ? '' : `\u001b[${over}A\r`}${lines.map((line) => `${shown(line)}${REST_OF_LINE}\n`).join('')}${REST_OF_SCREEN}`,
      ),
    otherScreen: (on) => output.write(on ? '\u001b[?1049h' : '\u001b[?1049l'),
    drawScreen: (lines) =>
      output.write(
        `\u001b[H${lines.map((line) => shown(line) + REST_OF_LINE).join('\r\n')}${REST_OF_SCREEN}`,
      ),
  };
}

/** Makes the output for programs: unchanged in a file or a pipe, made safe in a terminal. */
function guarded(output: Output): Output {
  if (!output.isTty) return output;
  const guard: Output = { ...output, write: (text) => output.write(plainData(text)) };
  behind.set(guard, output);
  return guard;
}
