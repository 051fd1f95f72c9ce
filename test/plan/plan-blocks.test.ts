/** How a plan file is cut into its header and blocks, and what is read of it when. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { digestPlan, type PlanDigest } from '../../src/plan/file/digest.ts';
import { onFileCalls, shortenReads } from '../disk/file-calls.ts';

const MIB = 1024 * 1024;
const MOST_HEADER_BYTES = 64 * 1024;
const ACT = '"verdict":"act","columns":{';

const dir = await mkdtemp(join(tmpdir(), 'okta-reset-blocks-'));
const path = join(dir, 'plan.jsonl');
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Digests a file with this content, whose reads return these numbers of bytes in turn. */
async function digestOf(content: string, lengths: readonly number[] = [MIB]): Promise<PlanDigest> {
  await writeFile(path, content, { mode: 0o600 });
  let nth = 0;
  const end = await shortenReads(() => lengths[nth++ % lengths.length] ?? 1);
  try {
    return await digestPlan(path);
  } finally {
    end();
  }
}

const newlinesIn = (text: string): number => text.split('\n').length - 1;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Whether the lines of a block are a thousand, or fill 1 MiB. */
const isFull = (lines: string): boolean => newlinesIn(lines) >= 1000 || lines.length - 1 >= MIB;

/** Checks what the digest says about a file of ASCII. */
function expectBlocksOf(content: string, { header, blocks, digest, targets }: PlanDigest): void {
  const rows = content.slice((header ?? '').length + 1);
  expect(`${header}\n${rows}`).toBe(content);
  expect(digest).toBe(sha256(content));
  expect(targets).toBe(content.split(ACT).length - 1);
  const parts = blocks.map(({ start, bytes }) => content.slice(start, start + bytes));
  expect(parts.join('')).toBe(rows);
  for (const [at, part] of parts.entries()) {
    expect({ ...blocks[at], digest: blocks[at]?.digest.toString('hex') }).toEqual({
      start: blocks[at]?.start,
      bytes: part.length,
      firstLine: newlinesIn(content.slice(0, blocks[at]?.start)) + 1,
      rows: newlinesIn(part),
      digest: sha256(part),
    });
    const lastLine = part.lastIndexOf('\n', part.length - 2) + 1;
    expect([at, isFull(part.slice(0, lastLine))]).toEqual([at, false]);
    if (at < parts.length - 1) expect([at, isFull(part)]).toEqual([at, true]);
  }
}

describe('blocks', () => {
  test('are the same, however few bytes a read returns', async () => {
    const line = fc.constantFrom('', 'x', 'some more', `{${ACT}}}`);
    const part = fc.tuple(line, fc.integer({ min: 1, max: 1500 }));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('', 'h', '{"format":2,"runId":"20260301T120000Z-abcd"}'),
        fc.array(part, { maxLength: 4 }),
        fc.constantFrom('', 'y', 'torn'),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 }),
        async (header, parts, torn, lengths) => {
          const lines = parts.map(([text, times]) => `${text}\n`.repeat(times));
          const content = `${header}\n${lines.join('')}${torn}`;
          expectBlocksOf(content, await digestOf(content, lengths));
        },
      ),
      {
        numRuns: 30,
        examples: [
          ['h', [['', 1000]], 'y', [1]],
          ['h', [['', 2001]], '', [3, 1]],
          ['header', [['x', 30]], '', [1]],
        ],
      },
    );
  });

  test.each([
    [[MIB - 2, 0, 0, 5]],
    [[MIB - 1, 0, 5]],
    [[MIB, 0, 5]],
    [[MIB + 1, MIB - 1, MIB, 3]],
    [[300_000, 700_000, 48_573, 1, 300_000]],
    [[300_000, 700_000, 48_574, 1, 300_000]],
    [[300_000, 700_000, 48_575, 1, 300_000]],
  ])('are filled by long lines as well: %j', async (lengths) => {
    const content = `h\n${lengths.map((length) => `${'x'.repeat(length)}\n`).join('')}`;
    for (const reads of [[MIB], [700_001, 400_000]])
      expectBlocksOf(content, await digestOf(content, reads));
  });
});

describe('a header', () => {
  const HALF = MOST_HEADER_BYTES / 2;

  test('that comes in parts has up to 64 KiB', async () => {
    const most = 'h'.repeat(MOST_HEADER_BYTES);
    expect((await digestOf(`${most}\nx\n`, [HALF])).header).toBe(most);
  });

  test('is not looked for beyond them', async () => {
    const content = `${'h'.repeat(MOST_HEADER_BYTES)}${'y'.repeat(8)}\n`;
    await expect(digestOf(content, [HALF, HALF, 1, 20])).rejects.toMatchObject({
      code: 'RUN_DAMAGED',
      message: `The plan ${path} is damaged at line 1.`,
    });
  });

  test('that never ends is given up after one piece', async () => {
    await writeFile(path, '', { mode: 0o600 });
    await truncate(path, 20 * MIB);
    let calls = 0;
    const end = await onFileCalls((nth) => (calls = nth));
    await expect(digestPlan(path)).rejects.toMatchObject({ code: 'RUN_DAMAGED' });
    end();
    // One stat to check whose file it is, and one read.
    expect(calls).toBeLessThanOrEqual(3);
  });
});

describe('a line', () => {
  /** Makes a file with this beginning, and zeros after it that the disk need not store. */
  async function plant(beginning: string, zeros: number): Promise<void> {
    await writeFile(path, beginning, { mode: 0o600 });
    await truncate(path, beginning.length + zeros);
  }

  test('has up to 64 MiB, whatever was before it', async () => {
    const row = `${'x'.repeat(4 * MIB)}\n`;
    await plant(`h\n${row}`, 64 * MIB);
    const { blocks } = await digestPlan(path);
    expect(blocks.map(({ bytes }) => bytes)).toEqual([row.length, 64 * MIB]);
  });

  test('that has not ended by then is named as the damage', async () => {
    await plant('h\nx\nx\nx\n', 64 * MIB + 1);
    await expect(digestPlan(path)).rejects.toMatchObject({
      code: 'RUN_DAMAGED',
      message: `The plan ${path} is damaged at line 5.`,
    });
  });
});
