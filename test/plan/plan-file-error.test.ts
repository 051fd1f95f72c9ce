/** What an admin is told about a plan file that cannot be used, and what helps. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { checkSameRun } from '../../src/plan/file/binding.ts';
import {
  damagedError,
  otherFormatError,
  readError,
  swappedError,
  writeError,
} from '../../src/plan/file/plan-file-error.ts';

const dir = await mkdtemp(join(tmpdir(), 'okta-reset-errors-'));
afterAll(() => rm(dir, { recursive: true, force: true }));
const begun = join(dir, 'plan.jsonl');
await writeFile(join(dir, 'journal.jsonl'), '{"seq":1}\n');

const PATH = 'RUN/plan.jsonl';
const failure = (code: string) => Object.assign(new Error(code), { code, syscall: 'open' });

function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

test.each<[string, number, string, string, () => unknown]>([
  [
    'RUN_EXISTS',
    2,
    `There is already a plan at ${PATH}.`,
    'Choose another --out, or resume the run that is there.',
    () => writeError(PATH, failure('EEXIST')),
  ],
  [
    'DISK',
    2,
    `The plan could not be written to ${PATH} (ENOSPC).`,
    'Nothing was sent, and there is nothing to resume. Make room, or choose another folder with --out DIR.',
    () => writeError(PATH, failure('ENOSPC')),
  ],
  [
    'RUN_NOT_FOUND',
    3,
    `There is no plan at ${PATH}.`,
    'Name a run directory that okta-reset plan or okta-reset run made, or use --last for the newest.',
    () => readError(PATH, failure('ENOENT')),
  ],
  [
    'RUN_NOT_FOUND',
    3,
    `There is no plan at ${PATH}.`,
    'Name a run directory that okta-reset plan or okta-reset run made, or use --last for the newest.',
    () => readError(PATH, failure('ENOTDIR')),
  ],
  [
    'RUN_DAMAGED',
    3,
    `The plan ${begun} is missing, although the run has begun.`,
    'Restore plan.jsonl from a copy of the run directory. Without it, this run cannot be continued or reported. journal.jsonl in the same folder shows who was acted on.',
    () => readError(begun, failure('ENOENT')),
  ],
  [
    'DISK',
    7,
    `The plan at ${begun} could not be read (EIO).`,
    'Check the permissions of the run directory, and the disk.',
    () => readError(begun, failure('EIO')),
  ],
  [
    'RUN_DAMAGED',
    3,
    `The plan ${PATH} is damaged at line 7.`,
    'A damaged plan is never executed. Make a new one: okta-reset plan',
    () => damagedError(PATH, 7),
  ],
  [
    'PLAN_CHANGED',
    5,
    `The plan ${PATH} was changed while it was in use, at line 7 or after it. Nothing more was sent.`,
    'Restore the plan.jsonl that was previewed, and find out what changes files there. If you do not have it, make a new plan.',
    () => swappedError(PATH, 7),
  ],
  [
    'RUN_FORMAT',
    3,
    `The plan ${PATH} has format 3; this version reads 1 and 2.`,
    'Use the version of okta-reset that run.json names, or make a new plan.',
    () => otherFormatError(PATH, 3),
  ],
  [
    'PLAN_CHANGED',
    5,
    'run.json is not the one that was previewed: it was changed just now. Nothing was sent.',
    'Find out what changes files in the run’s folder, then make a new plan: okta-reset plan',
    () => thrownBy(() => checkSameRun({ targets: 1 } as never, { targets: 2 } as never)),
  ],
])('%s, exit code %i: %s', async (code, exitCode, message, hint, make) => {
  expect(await make()).toMatchObject({ code, exitCode, message, hint });
});

test('the system’s error stays with ours as its cause', async () => {
  const codes = ['EEXIST', 'ENOENT', 'EIO', 'ENOSPC'];
  for (const cause of codes.map(failure))
    for (const error of [writeError(PATH, cause), await readError(PATH, cause)])
      expect(error).toMatchObject({ name: 'AppError', cause });
  const cause = failure('ENOENT');
  expect(await readError(begun, cause)).toMatchObject({ cause });
});
