/**
 * What a terminal shows after this output: its main screen, the other one while that is open, and how often each was
 * cleared.
 */
export function drawnBy(output: string): {
  readonly own: readonly string[];
  readonly other: readonly string[] | undefined;
} {
  const screens: { own: string[]; other: string[] } = { own: [''], other: [''] };
  let on: 'own' | 'other' = 'own';
  let at = { own: { row: 0, column: 0 }, other: { row: 0, column: 0 } };

  for (const piece of output.split(/(\u001b\[\??\d*[a-zA-Z]|\r\n|\n|\r)/)) {
    const lines = screens[on];
    const cursor = at[on];
    const line = lines[cursor.row] ?? '';
    if (piece === '\u001b[?1049h' || piece === '\u001b[?1049l') {
      on = piece.endsWith('h') ? 'other' : 'own';
      if (on === 'other') {
        screens.other = [''];
        at = { ...at, other: { row: 0, column: 0 } };
      }
    } else if (piece === '\u001b[H') at[on] = { row: 0, column: 0 };
    else if (piece === '\u001b[K') lines[cursor.row] = line.slice(0, cursor.column);
    else if (piece === '\u001b[J') {
      lines[cursor.row] = line.slice(0, cursor.column);
      lines.length = cursor.row + 1;
    } else if (piece === '\n' || piece === '\r\n') {
      at[on] = { row: cursor.row + 1, column: 0 };
      lines[cursor.row + 1] ??= '';
    } else if (piece === '\r') at[on] = { ...cursor, column: 0 };
    else if (/^\u001b\[\d+A$/.test(piece))
      at[on] = { ...cursor, row: Math.max(0, cursor.row - Number(piece.slice(2, -1))) };
    else if (piece.startsWith('\u001b')) {
      if (!/m$/.test(piece)) throw new Error(`an unknown sequence: ${JSON.stringify(piece)}`);
    } else {
      lines[cursor.row] =
        line.slice(0, cursor.column).padEnd(cursor.column) +
        piece +
        line.slice(cursor.column + piece.length);
      at[on] = { row: cursor.row, column: cursor.column + piece.length };
    }
  }
  return { own: screens.own, other: on === 'other' ? screens.other : undefined };
}
