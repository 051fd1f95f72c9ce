import { textWidth } from '../../text/layout.ts';
import { wordsOf, type Text } from '../../text/styled.ts';
import type { TerminalWriter } from './terminal-writer.ts';

/** What is drawn for a width: a body, which is cut if the terminal is too low for it, and a foot that always shows. */
export type Picture = (columns: number) => {
  readonly body: readonly Text[];
  readonly foot: readonly Text[];
};

/** One screen of a terminal, redrawn in place until it is closed. Then the earlier content is back. */
export interface LiveScreen {
  /** Draws a picture, now and again whenever the terminal changes its size. */
  readonly draw: (picture: Picture) => Promise<void>;
  /** Restores the terminal. A second call does nothing. */
  readonly close: () => Promise<void>;
}

/** Breaks a line that is wider than the terminal, without its colors. */
function folded(line: Text, columns: number): readonly Text[] {
  const text = wordsOf(line);
  if (textWidth(text) <= columns) return [line];
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += columns) parts.push(text.slice(at, at + columns));
  return parts;
}

/** Opens a screen on a terminal. */
export function openLiveScreen(writer: TerminalWriter): LiveScreen {
  const { output } = writer;
  let shown: Picture = () => ({ body: [], foot: [] });
  let closed = false;
  const paint = async () => {
    if (closed) return;
    const { columns, rows } = output.size();
    const { body, foot } = shown(columns);
    const fold = (lines: readonly Text[]) => lines.flatMap((line) => folded(line, columns));
    const below = fold(foot).slice(0, rows);
    await writer.drawScreen([...fold(body).slice(0, rows - below.length), ...below]);
  };
  void writer.otherScreen(true);
  const release = output.onResize(() => void paint());
  return {
    draw: (picture) => {
      shown = picture;
      return paint();
    },
    close: async () => {
      if (closed) return;
      closed = true;
      release();
      await writer.otherScreen(false);
    },
  };
}
