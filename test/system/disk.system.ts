/**
 * Disks that fail from outside, with the command as it is shipped. Tests that this machine cannot run are skipped, and
 * counted.
 */
import { afterAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import {
  buildShim,
  failing,
  failures,
  FAULTS,
  mountSmallDisk,
} from '../../scripts/failing-disk/failing-disk.mjs';
import { expectCode } from '../integration/expect-code.ts';
import {
  closeStages,
  fastClock,
  isEligible,
  mailsByUser,
  NO_STACK,
  outcomes,
  PLAIN,
  readCsv,
  stage,
  type Stage,
} from '../integration/rig.ts';
import { spawnCommand } from '../integration/spawned.ts';

afterAll(closeStages);

const YES = ['--yes', '--max-users', '1000', '-q'];
const USERS = 40;
/** A process that has not ended by then hangs. */
const HANGS_AFTER_MS = 60_000;

async function staged(): Promise<Stage & { readonly csv: string }> {
  // What was cut off is watched for minutes before it is sent again, which pass in seconds for org and resume.
  const s = await stage({ users: USERS + 2, seed: 4, mix: PLAIN, clock: fastClock(50) });
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  return Object.assign(s, { csv });
}

async function spawned(s: Stage, argv: readonly string[], env = {}) {
  const { child, ended } = spawnCommand(s, argv, { env });
  const hangs = setTimeout(() => child.kill('SIGKILL'), HANGS_AFTER_MS);
  const ran = await ended.finally(() => clearTimeout(hangs));
  expect([argv, ran.signal]).toEqual([argv, null]);
  expect(ran.stdout + ran.stderr).not.toMatch(NO_STACK);
  expect(ran.stdout + ran.stderr).not.toMatch(/INTERNAL/);
  return ran;
}

async function expectAllOnce(s: Stage, dir: string): Promise<void> {
  const mails = mailsByUser(s.org);
  expect([mails.size, Math.max(...mails.values())]).toEqual([USERS, 1]);
  expect(outcomes(await readCsv(join(dir, 'results.csv')))).toEqual({ succeeded: USERS });
}

const shim = buildShim();
const outside = FAULTS.filter(({ file }) => file !== 'secrets.jsonl');

test.each(shim === undefined ? [] : outside)(
  '$file: $call fails with $code',
  async (fault) => {
    const s = await staged();
    expectCode(await s.run(['plan', '--file', s.csv, '--out', 'run', '-q']), 0);
    const log = s.path('failures');
    const env = failing(shim ?? '', fault, log);
    const ran = await spawned(s, ['run', '--plan', 'run', ...YES], env);
    expect(failures(log)).toBeGreaterThan(0);
    expect([fault, ran.code]).toEqual([fault, fault.file === 'run.log' ? 0 : 7]);
    expect(ran.stdout + ran.stderr).toContain(fault.code);
    if (ran.code === 7) expect(ran.stdout + ran.stderr).toMatch(/okta-reset(\.m?js)? resume run/);
    expectCode(await s.run(['resume', 'run', ...YES]), 0);
    await expectAllOnce(s, s.path('run'));
  },
  2 * HANGS_AFTER_MS,
);

(shim === undefined ? test.skip : test)('a library in between makes calls fail', () => undefined);

const probe = mountSmallDisk(join('/tmp', `okta-reset-probe-${process.pid}`), 64);
probe?.unmount();

(probe === undefined ? test.skip : test).each([16, 24, 32, 40, 48, 56, 64, 80, 96, 128])(
  'a disk of %d KiB fills up',
  async (kib) => {
    const s = await staged();
    const disk = mountSmallDisk(s.path('small'), kib);
    try {
      const out = join('small', 'run');
      const ran = await spawned(s, ['run', '--file', s.csv, '--out', out, ...YES]);
      expect([0, 2, 7]).toContain(ran.code);
      if (ran.code !== 0) expect(ran.stdout + ran.stderr).toMatch(/ENOSPC/);
      expect(disk?.grow(16 * 1024)).toBe(true);
      // Before there is a plan nothing is left behind, and nobody was acted on.
      const again =
        ran.code === 2 ? ['run', '--file', s.csv, '--out', out, ...YES] : ['resume', out, ...YES];
      if (ran.code === 2) expect(mailsByUser(s.org).size).toBe(0);
      expectCode(await s.run(again), 0);
      await expectAllOnce(s, s.path(out));
    } finally {
      disk?.unmount();
    }
  },
  2 * HANGS_AFTER_MS,
);
