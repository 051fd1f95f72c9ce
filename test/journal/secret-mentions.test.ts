import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { JournalRecord } from '../../src/domain/run/journal-record.ts';
import { chainLine, emptyHead } from '../../src/journal/chain.ts';
import { readSecretMentions } from '../../src/journal/secret-mentions.ts';

const SPEC = {
  action: 'temp-password',
  sendEmail: true,
  revokeSessions: false,
  revokeTokens: false,
} as const;
const at = '2026-11-22T03:15:02.000Z';
const DIGEST = 'ab'.repeat(32);

const attempt = (row: number, number: number) => ({
  kind: 'attempt',
  at,
  row,
  userId: `00u${row}`,
  step: 'temp-password',
  attempt: number,
  serverTimeMs: 1,
  before: {},
});
const outcome = (row: number, attempts: number, more: object) => ({
  kind: 'outcome',
  at,
  row,
  outcome: 'succeeded',
  step: 'temp-password',
  attempts,
  ...more,
});
const effect = (row: number, number: number, more: object) => ({
  kind: 'effect',
  at,
  row,
  step: 'temp-password',
  attempt: number,
  effect: 'applied',
  ...more,
});

async function mentionsIn(
  records: readonly object[],
  checked = records.length,
  swap = (text: string) => text,
) {
  const path = join(await mkdtemp(join(tmpdir(), 'okta-reset-')), 'journal.jsonl');
  const lines: string[] = [];
  const links = [emptyHead('run').link];
  for (const [place, record] of records.entries()) {
    const next = chainLine(links[place] ?? '', place + 1, record as JournalRecord);
    lines.push(next.line);
    links.push(next.link);
  }
  await writeFile(path, swap(lines.join('')));
  const head = { records: checked, chainHead: links[checked] };
  return readSecretMentions(path, { runId: 'run', spec: SPEC, head });
}

async function mentionsOf(...what: Parameters<typeof mentionsIn>) {
  const mentions = await mentionsIn(...what);
  return [1, 2, 3, 4, 5].map((row) => mentions.of(row));
}

async function succeededOf(records: readonly object[]) {
  return [...(await mentionsIn(records)).succeeded];
}

test('the last secret that the journal mentions is valid; one that was or might be replaced is not', async () => {
  const held = { attempt: 1, kept: DIGEST };
  const found = await mentionsOf([
    ...[attempt(1, 1), outcome(1, 1, { secret: DIGEST })],
    // A step after the password ends the row.
    ...[attempt(2, 1), effect(2, 1, { secret: DIGEST })],
    // What is read of it says nothing of the secret.
    ...[{ ...attempt(2, 2), step: 'reset-factors' }],
    ...[effect(2, 2, { step: 'reset-factors', reconciled: true })],
    ...[outcome(2, 3, { step: 'end-tokens' })],
    // Another attempt is under way.
    ...[attempt(3, 1), effect(3, 1, { secret: DIGEST }), attempt(3, 2)],
    // A read has shown a later password.
    ...[attempt(4, 1), effect(4, 1, { secret: DIGEST, reconciled: true })],
    ...[attempt(5, 1), effect(5, 1, { secret: DIGEST })],
    outcome(5, 1, { outcome: 'failed', reason: 'secret-lost', secret: DIGEST }),
  ]);
  expect(found).toEqual([held, held, undefined, undefined, undefined]);
});

test('a password that took effect is mentioned without its digest too; one that did not is not', async () => {
  const found = await mentionsOf([
    ...[attempt(1, 1), effect(1, 1, {})],
    ...[attempt(2, 1), effect(2, 1, { effect: 'not-applied' })],
    ...[attempt(3, 1), effect(3, 1, { effect: 'unknown' })],
  ]);
  expect(found.slice(0, 3)).toEqual([{ attempt: 1, kept: undefined }, undefined, undefined]);
});

test('the end of a row mentions its secret if it succeeded, and if it kept one', async () => {
  const failed = { outcome: 'failed', reason: 'refused' };
  const found = await mentionsOf([
    ...[attempt(1, 1), outcome(1, 1, {})],
    ...[attempt(2, 1), outcome(2, 1, failed)],
    ...[attempt(3, 1), outcome(3, 1, { ...failed, secret: DIGEST })],
    ...[attempt(4, 1), outcome(4, 1, { step: undefined })],
    ...[{ ...attempt(5, 1), step: 'end-tokens' }, outcome(5, 1, { step: 'end-tokens' })],
  ]);
  const [unnamed, named] = [undefined, DIGEST].map((kept) => ({ attempt: 1, kept }));
  expect(found).toEqual([unnamed, undefined, named, unnamed, undefined]);
});

test('a read that shows another password forgets the one that was kept before', async () => {
  const kept = [attempt(1, 1), effect(1, 1, { secret: DIGEST })];
  const read = effect(1, 1, { reconciled: true });
  expect((await mentionsOf([...kept, read]))[0]).toBeUndefined();
  const { count } = await mentionsIn([...kept, attempt(2, 1), effect(2, 1, {}), read]);
  expect(count).toBe(1);
});

test('knows which rows succeeded, in their order', async () => {
  const records = [
    ...[attempt(2, 1), outcome(2, 1, { secret: DIGEST })],
    ...[attempt(1, 1), outcome(1, 1, { outcome: 'failed', reason: 'refused' })],
    ...[attempt(3, 1), outcome(3, 1, { secret: DIGEST })],
  ];
  expect(await succeededOf(records)).toEqual([2, 3]);
});

test('records that no replay has checked say nothing', async () => {
  const [first, second] = await mentionsOf(
    [outcome(1, 1, { secret: DIGEST }), outcome(2, 1, { secret: DIGEST })],
    1,
  );
  expect([first?.kept, second]).toEqual([DIGEST, undefined]);
});

test('records that differ from those that a replay has checked are refused', async () => {
  const records = [attempt(1, 1), outcome(1, 1, { secret: DIGEST })];
  const swap = (text: string) => text.replace(DIGEST, 'cd'.repeat(32));
  await expect(mentionsOf(records, 2, swap)).rejects.toMatchObject({ code: 'RUN_DAMAGED' });
});
