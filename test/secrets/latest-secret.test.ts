import { expect, test } from '@jest/globals';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rowOfLatestSecret } from '../../src/secrets/latest-secret.ts';

const path = join(await mkdtemp(join(tmpdir(), 'okta-reset-latest-')), 'secrets.jsonl');
const line = (row: number, secret = 'x') =>
  `${JSON.stringify({
    ...{ row, userId: `00u${row}`, login: `user${row}@acme.com`, what: 'temp-password' },
    ...{ at: '2026-11-22T03:15:02.000Z', attempt: 1, secret },
  })}\n`;

test.each<[string, string, number | undefined]>([
  ['no record', '', undefined],
  ['one record', line(7), 7],
  ['several records', line(7) + line(3) + line(9), 9],
  ['a record that was never complete after it', line(7) + line(9).slice(0, -1), 7],
  ['only a record that was never complete', line(7).slice(0, -1), undefined],
  ['something else at its end', `${line(7)}greetings\n`, undefined],
  ['more than is looked at', line(1, 'y'.repeat(70_000)) + line(2), 2],
  ['a record of more than is looked at', line(1) + line(2, 'y'.repeat(70_000)), undefined],
])('the latest secret of a file with %s', async (_, text, row) => {
  await writeFile(path, text, { mode: 0o600 });
  expect(await rowOfLatestSecret(path)).toBe(row);
});

test('a file that is missing has none', async () => {
  expect(await rowOfLatestSecret(`${path}.missing`)).toBeUndefined();
});
