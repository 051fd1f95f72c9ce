import { wrap } from '../../text/layout.ts';

/** Lines that continue far to the right of their beginning. */
const GOES_ON = /^ {12,}(?=\S)/;

/** Joins lines that were wrapped for another width, and wraps them for this one. */
function refolded(lines: readonly string[], width: number): readonly string[] {
  const whole: string[] = [];
  for (const line of lines) {
    const before = whole.at(-1);
    if (before !== undefined && GOES_ON.test(line)) whole.splice(-1, 1, `${before} ${line.trim()}`);
    else whole.push(line);
  }
  return whole.flatMap((line) => {
    if (line.length <= width) return [line];
    const indent = /^ */.exec(line)?.[0] ?? '';
    return wrap(line, width - indent.length - 2, '  ').map((text) => indent + text);
  });
}

/** How many reasons to skip are shown, because a list of all would be too long. */
const MOST_SKIPS = 3;

/** Leaves out reasons to skip after the first ones, and says how many. */
function shortened(lines: readonly string[]): readonly string[] {
  const isSkip = (line: string) => line.startsWith('  skip: ');
  const skips = lines.filter(isSkip);
  const left = skips.length - MOST_SKIPS;
  if (left <= 0) return lines;
  const last = skips[MOST_SKIPS - 1];
  const shown = new Set(skips.slice(0, MOST_SKIPS));
  return lines.flatMap((line) => {
    if (!isSkip(line)) return [line];
    if (!shown.has(line)) return [];
    return line === last ? [line, `  … and ${left} more reasons to skip`] : [line];
  });
}

/** Returns the lines of a command's output that matter for the demo, with what they continue on, for a width. */
export function demoLines(said: string, wanted: RegExp, width: number): readonly string[] {
  let isTold = false;
  const told = refolded(said.split('\n'), width).filter((line) => {
    isTold = wanted.test(line) || (isTold && /^ {4}\S/.test(line));
    return isTold;
  });
  return shortened(told);
}
