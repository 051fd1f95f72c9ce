import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../../src/domain/codes/app-error.ts';
import { OUTCOMES } from '../../src/domain/row/outcome.ts';
import { RESULT_COLUMNS } from '../../src/domain/row/result.ts';
import { csvLine } from '../../src/report/results/csv-text.ts';
import { readResults } from '../../src/selection/rows/read-results.ts';
import { anyText } from '../any-text.ts';
import { ADA, collect, fixture, GRACE, never, portsOf, selectCsv } from './sample.ts';

const letters = (text: string) => Array.from(text);
const alphanumeric = letters('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789');
const userId = fc
  .array(fc.constantFrom(...alphanumeric), { minLength: 17, maxLength: 17 })
  .map((letters) => `00u${letters.join('')}`);

/** Text without halves of surrogate pairs, which no encoding can contain, with more harmful characters than usual. */
const cell = fc.oneof(
  anyText({ maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(...letters('=+-@\'"\t\r\n,; |x\u00A0é')), maxLength: 8 }),
);

/** Titles that are columns of their own wherever they stand. */
const title = fc
  .string({ unit: fc.constantFrom(...letters("=+-@',; abcé")), maxLength: 6 })
  .map((text) => `T${text.trim()}`);

const runs = { numRuns: 40 };

describe('any original columns', () => {
  test('are returned by results.csv unchanged, with their user and outcome', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(title, { maxLength: 4, selector: (text) => text.trim().toLowerCase() }),
        fc.array(
          fc.tuple(
            fc.array(cell, { minLength: 4, maxLength: 4 }),
            userId,
            fc.constantFrom(...OUTCOMES),
          ),
          { minLength: 1, maxLength: 8 },
        ),
        async (titles, rows) => {
          const own = (id: string, outcome: string, row: number) =>
            RESULT_COLUMNS.map((name) => {
              if (name === '_row') return String(row);
              if (name === '_user_id') return id;
              if (name === '_outcome') return outcome;
              return name === '_run_id' ? '20260227T031502Z-k7m2' : '';
            });
          const text = [
            [...titles, ...RESULT_COLUMNS],
            ...rows.map(([cells, id, outcome], index) => [
              ...titles.map((_, at) => cells[at] ?? ''),
              ...own(id, outcome, index + 1),
            ]),
          ]
            .map((cells) => csvLine(cells))
            .join('');
          const read = await collect(readResults('r.csv', portsOf({ 'r.csv': text }), never));
          expect(
            read.map(({ row, outcome, earlierRow }) => [
              Object.entries(row.columns),
              row.identifier,
              outcome,
              earlierRow,
            ]),
          ).toEqual(
            rows.map(([cells, id, outcome], index) => [
              titles.map((name, at) => [name, cells[at] ?? '']),
              { kind: 'id', value: id },
              outcome,
              index + 1,
            ]),
          );
        },
      ),
      runs,
    );
  });
});

const ENCODINGS = {
  'utf-8': (text: string) => Buffer.from(text),
  'utf-8 with a mark': (text: string) => Buffer.from(`\uFEFF${text}`),
  'utf-16le with a mark': (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  'utf-16be with a mark': (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
  'utf-16le': (text: string) => Buffer.from(text, 'utf16le'),
  'utf-16be': (text: string) => Buffer.from(text, 'utf16le').swap16(),
} as const;

describe('any delimiter, encoding and line end', () => {
  test('give the same rows', async () => {
    const plain = fc.string({ unit: fc.constantFrom(...letters('abcé"ß,;|\t \n')), maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(userId, plain, plain), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom(...(Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[])),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        fc.integer({ min: 1, max: 64 }),
        fc.boolean(),
        async (rows, delimiter, encoding, newline, quotedTitles, chunk, lastNewline) => {
          const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
          const titles = ['First name', 'USER_ID', 'Note'];
          const text = [
            titles.map((each) => (quotedTitles ? quote(each) : each)).join(delimiter),
            ...rows.map(([id, name, note]) => [quote(name), id, quote(note)].join(delimiter)),
          ].join(newline);
          const bytes = ENCODINGS[encoding](lastNewline ? text + newline : text);
          const selected = await selectCsv(bytes, {}, chunk);
          expect(
            selected.rows.map(({ identifier, columns }) => [
              identifier.value,
              Object.entries(columns),
            ]),
          ).toEqual(
            rows.map(([id, name, note]) => [
              id,
              [
                ['First name', name],
                ['USER_ID', id],
                ['Note', note],
              ],
            ]),
          );
        },
      ),
      runs,
    );
  });
});

/** Selects, and returns the rows, or undefined for a typed error; anything else is thrown. */
async function selectOrRefuse(bytes: Uint8Array, chunk: number) {
  try {
    return (await selectCsv(bytes, {}, chunk)).rows;
  } catch (error) {
    if (error instanceof AppError && error.exitCode === 3 && error.hint !== '') return undefined;
    throw error;
  }
}

describe('any bytes', () => {
  test('end in rows or in an error with a hint', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc
        .array(
          fc.constantFrom(
            'User Id',
            'Login',
            'sep=',
            ADA,
            GRACE,
            '"',
            ',',
            ';',
            '\t',
            '\n',
            '\r',
            '\0',
            '@',
            ' ',
            'é',
            'Total: ',
          ),
          { maxLength: 60 },
        )
        .map((parts) => Buffer.from(parts.join(''))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 50 }), async (content, chunk) => {
        const rows = await selectOrRefuse(content, chunk);
        for (const { identifier, line } of rows ?? []) {
          expect(line).toBeGreaterThan(0);
          if (identifier.kind === 'id') expect(identifier.value).toMatch(/^00u[A-Za-z0-9]{17}$/);
          else if (identifier.kind !== 'invalid') expect(identifier.value.trim()).not.toBe('');
        }
      }),
      { numRuns: 200 },
    );
  });

  test('put into a file change no other user’s id', async () => {
    const original = await fixture('rockstar-export-users.csv');
    const ids = new Set(original.toString().match(/00u[A-Za-z0-9]{17}/g));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(original.length),
        fc.nat(20),
        // No letters or digits: those could make another id of the right shape.
        fc.array(fc.constantFrom(...letters('",;\n\r\0\xff \t@=\u00A0')), { maxLength: 6 }),
        async (at, removed, inserted) => {
          const bytes = Buffer.concat([
            original.subarray(0, at),
            Buffer.from(inserted.join(''), 'latin1'),
            original.subarray(at + removed),
          ]);
          // What was removed can join the halves of two cells to one id, which is then there.
          const seam = bytes.toString('latin1', Math.max(0, at - 20), at + inserted.length + 20);
          const joined = seam.match(/00u[A-Za-z0-9]{17}/g) ?? [];
          for (const { identifier } of (await selectOrRefuse(bytes, 1024)) ?? []) {
            if (identifier.kind === 'id') expect([...ids, ...joined]).toContain(identifier.value);
          }
        },
      ),
      { numRuns: 80, examples: [[170, 9, []]] },
    );
  });
});
