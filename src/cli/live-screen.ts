import type { Output } from '../domain/host.ts';

/** What is drawn for a width: a body, cut where the terminal is too low for it, and a foot that always shows. */
export type Picture = (columns: number) => {
  readonly body: readonly string[];
  readonly foot: readonly string[];
};

/** One screen of a terminal, drawn over in place until it is closed; what stood there before comes back then. */
export interface LiveScreen {
  /** Draws a picture, now and again whenever the terminal changes its size. */
  readonly draw: (picture: Picture) => Promise<void>;
  /** Gives the terminal back as it was. A second call does nothing. */
  readonly close: () => Promise<void>;
}

const OTHER_SCREEN = '\u001b[?1049h';
const OWN_SCREEN = '\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';

const STYLE = /\u001b\[\d+m/g;

/** Breaks a line that is wider than the terminal; its colours are left out then. */
function folded(line: string, columns: number): readonly string[] {
  const text = line.replace(STYLE, '');
  if (text.length <= columns) return [line];
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += columns) parts.push(text.slice(at, at + columns));
  return parts;
}

/** Opens a screen of its own on a terminal. */
export function openLiveScreen(output: Output): LiveScreen {
  let shown: Picture = () => ({ body: [], foot: [] });
  let closed = false;
  const paint = async () => {
    if (closed) return;
    const { columns, rows } = output.size();
    const { body, foot } = shown(columns);
    const fold = (lines: readonly string[]) => lines.flatMap((line) => folded(line, columns));
    const below = fold(foot).slice(0, rows);
    const lines = [...fold(body).slice(0, rows - below.length), ...below];
    // Each line is written over the old one, never wiped before: nothing flickers.
    const text = lines.map((line) => line + REST_OF_LINE).join('\r\n');
    await output.write(`${HOME}${text}${REST_OF_SCREEN}`);
  };
  void output.write(OTHER_SCREEN);
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
      await output.write(OWN_SCREEN);
    },
  };
}
