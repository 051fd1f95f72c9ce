/** What doctor and a seal say about files that the disk does not let them read or write. */
import { failFrom, giveBack, sound } from './failing-disk.ts';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkDisk } from '../../src/app/doctor/machine.ts';
import { checkRun } from '../../src/app/evidence/check-run.ts';
import { sealRun } from '../../src/app/evidence/seal-run.ts';
import { acted, around, begunAs, makeRun, newFolder } from '../app/run-folders.ts';

let root: string;
const made: string[] = [];
beforeEach(async () => {
  root = await newFolder();
  made.push(root);
});
afterAll(async () => {
  giveBack();
  for (const dir of made) await rm(dir, { recursive: true, force: true });
});

test.each([
  ['mkdir', '.okta-reset-XXXXXX'],
  ['open', 'probe'],
  ['write', 'probe'],
] as const)('a disk that refuses %s of %s is bad', async (call, file) => {
  failFrom({ file, call, code: 'ENOSPC', nth: 1 });
  const finding = await checkDisk(around(root).context);
  expect([finding.level, finding.found, sound()]).toEqual(['bad', `${root} cannot be written.`, 1]);
});

describe('a sealed file', () => {
  const never = new AbortController().signal;

  async function checked(file: string, code: string, nth: number) {
    const dir = join(root, file);
    const begun = begunAs({ runId: 'sealed', planDigest: '' });
    await makeRun(dir, { run: { runId: 'sealed', format: 2 }, records: [begun, ...acted(1)] });
    const { evidence } = await sealRun(dir, undefined, around(root).context);
    failFrom({ file, call: 'open', code, nth });
    try {
      const { faults, since } = await checkRun(dir, evidence, never);
      expect(since).toEqual([]);
      return faults;
    } finally {
      expect(sound()).toBeGreaterThan(0);
    }
  }

  test.each(['EACCES', 'EPERM', 'ENOENT'])(
    'that the system refuses with %s is named',
    async (code) => {
      const why = `it cannot be read (${code})`;
      expect(await checked('results.csv', code, 1)).toEqual([
        { kind: 'unusable', name: 'results.csv', why },
      ]);
      expect(await checked('journal.jsonl', code, 1).then(([first]) => first)).toEqual({
        ...{ kind: 'unusable', name: 'journal.jsonl', why },
      });
    },
  );

  test('that is a journal which goes away while it is compared is named', async () => {
    const faults = await checked('journal.jsonl', 'EACCES', 2);
    expect(faults).toEqual([
      { kind: 'unusable', name: 'journal.jsonl', why: 'it cannot be read (EACCES)' },
    ]);
  });

  test('that a broken disk cannot read is not evidence of anything', async () => {
    await expect(checked('results.csv', 'EIO', 1)).rejects.toMatchObject({ code: 'DISK' });
  });
});

test('a probe of the disk is gone afterwards', async () => {
  await checkDisk(around(root).context);
  expect(await readdir(root)).toEqual([]);
});
