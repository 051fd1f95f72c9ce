const REFERENCE = /^[A-Z]{1,3}\d{1,7}$/;
const BEFORE_A = 64;

/** Returns the 0-based column of letters: `A` is 0, `AA` is 26. What follows the letters does not count. */
export function columnOf(text: string): number {
  let column = 0;
  for (let at = 0; text.charCodeAt(at) > BEFORE_A; at += 1)
    column = column * 26 + text.charCodeAt(at) - BEFORE_A;
  return column - 1;
}

/** Returns the 0-based column of a cell such as `AA7`; undefined for any other text. */
export function columnOfCell(reference: string): number | undefined {
  return REFERENCE.test(reference) ? columnOf(reference) : undefined;
}
