import type { Text } from '../../src/text/styled.ts';

/** Returns a text with the names of its tones instead of their codes: `red(2 failed)`. */
export function marked(text: Text): string {
  if (typeof text === 'string') return text;
  return text.kind === 'toned'
    ? `${text.tone}(${marked(text.of)})`
    : text.pieces.map(marked).join('');
}
