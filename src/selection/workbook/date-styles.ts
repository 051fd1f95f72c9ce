import type { Archive } from './archive.ts';
import { readWholeXml, type ElementBudget } from './xml.ts';

/** Number formats that show dates or times without a format code. Source: ECMA-376, part 1, 18.8.30. */
const BUILT_IN: readonly (readonly [from: number, to: number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];
const MOST_CODE_CHARACTERS = 255;

/** Tells whether a format code shows a date or a time: it has one of their letters outside quotes, brackets and escapes. */
export function isDateCode(code: string): boolean {
  const first = code.slice(0, MOST_CODE_CHARACTERS).split(';')[0] ?? '';
  const elapsed = /\[(?:h+|m+|s+)\]/i.test(first);
  const letters = first
    .replace(/"[^"]*"?/g, '')
    .replace(/\[[^\]]*\]?/g, '')
    .replace(/[\\_*]./g, '');
  return elapsed || /[dmyhs]/i.test(letters);
}

/** Reads which cell styles of a workbook show dates. Returns their numbers, which cells refer to. */
export async function readDateStyles(
  archive: Archive,
  member: string | undefined,
  budget: ElementBudget,
): Promise<ReadonlySet<number>> {
  /** Whether the workbook's own formats show dates. Judged once each, because any number of styles can refer to one. */
  const own = new Map<number, boolean>();
  const dates = new Set<number>();
  if (member === undefined) return dates;
  let style = -1;
  const isDate = (format: number): boolean =>
    own.get(format) ?? BUILT_IN.some(([from, to]) => format >= from && format <= to);
  await readWholeXml(archive, member, budget, {
    open: (name, attributes) => {
      if (name === 'numFmt')
        own.set(Number(attributes['numFmtId']), isDateCode(attributes['formatCode'] ?? ''));
      else if (name === 'cellXfs') style = 0;
      else if (name === 'xf' && style >= 0) {
        if (isDate(Number(attributes['numFmtId'] ?? 0))) dates.add(style);
        style += 1;
      }
    },
    close: (name) => {
      if (name === 'cellXfs') style = -1;
    },
  });
  return dates;
}
