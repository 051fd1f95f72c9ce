import { chmod, cp, readdir, readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '../../src/domain/clock.ts';
import { skippingClock } from '../skipping-clock.ts';
import { closeStages, mailsByUser, outcomes, readCsv, stage, type Stage } from './rig.ts';

// Half-done runs of 0.1.0. made-by-0.1.0/README.md says how they were made.

interface HalfDone {
  readonly suspended: { readonly id: string; readonly atMs: number };
  readonly actedOn: readonly { readonly id: string; readonly atMs: number }[];
}

const CALLS = {
  reset: 'reset_password?sendEmail=true',
  'temp-password': 'expire_password_with_temp_password?revokeSessions=true',
} as const;

type Kind = keyof typeof CALLS;

/** A clock that starts where it is put, and runs from there. */
function movableClock(): Clock & { readonly moveTo: (ms: number) => void } {
  const inner = skippingClock();
  let aheadMs = 0;
  return {
    ...inner,
    nowMs: () => inner.nowMs() + aheadMs,
    moveTo: (ms) => void (aheadMs = ms - inner.nowMs()),
  };
}

/** The org as the killed run left it, a copy of the run's folder, and the minute after. */
async function afterTheKill(kind: Kind) {
  const from = new URL(`made-by-0.1.0/${kind}/`, import.meta.url).pathname;
  const { suspended, actedOn } = JSON.parse(await readFile(`${from}org.json`, 'utf8')) as HalfDone;
  const clock = movableClock();
  const made = await stage({
    clock,
    port: kind === 'reset' ? 18013 : 18014,
    users: 16,
    seed: 5,
    mix: {
      statuses: { ACTIVE: 0.85, SUSPENDED: 0.15 },
      providers: { OKTA: 1 },
      hostile: 0,
      sharedEmail: 0,
    },
  });
  clock.moveTo(suspended.atMs);
  made.org.suspend(suspended.id);
  for (const { id, atMs } of actedOn) {
    clock.moveTo(atMs);
    const url = `${made.org.url}/api/v1/users/${id}/lifecycle/${CALLS[kind]}`;
    const headers = { Authorization: `SSWS ${made.org.token}` };
    expect((await fetch(url, { method: 'POST', headers })).status).toBe(200);
  }
  clock.moveTo(Math.max(...actedOn.map(({ atMs }) => atMs)) + 60_000);
  await cp(from, made.path('run'), { recursive: true });
  await chmod(made.path('run'), 0o700);
  for (const name of await readdir(made.path('run'))) await chmod(made.path('run', name), 0o600);
  return { made, suspended, actedOn };
}

/** Continues the run as a person would: asked for consent again, because this user never gave it. */
async function resumed(made: Stage, ...flags: readonly string[]) {
  const before = made.org.stats().effects;
  const resume = ['resume', 'run', '--force-unlock', '--max-failures', '50%', ...flags];
  const asked = await made.run(resume);
  expect({ ...asked, effects: made.org.stats().effects }).toMatchObject({
    code: 5,
    effects: before,
  });
  return made.run([...resume, '--confirm', `11@${made.host}`]);
}

afterEach(closeStages);

describe('a run that 0.1.0 left halfway', () => {
  test('of resets: is resumed, reported, rerun and followed up, and nobody is reset twice', async () => {
    const { made, suspended } = await afterTheKill('reset');
    const last = [...made.org.users()].at(-1)?.id ?? '';
    made.org.putOutOfReach(last);
    expect(await resumed(made)).toMatchObject({ code: 4 });
    const results = await readCsv(made.path('run/results.csv'));
    expect(outcomes(results)).toEqual({ succeeded: 9, failed: 1, skipped: 6 });
    expect([...mailsByUser(made.org).values()]).toEqual(Array(9).fill(1));
    expect(made.org.effects(suspended.id)).toMatchObject({ resets: 0 });

    const report = await made.run(['report', 'run']);
    expect(report).toMatchObject({ code: 0 });
    expect(report.stdout).toContain('9 of 10 users succeeded');

    made.org.putInReach(last);
    const again = ['rerun', 'run', '--out', 'second', '--confirm', `1@${made.host}`];
    expect(await made.run(again)).toMatchObject({ code: 0 });
    expect([...mailsByUser(made.org).values()]).toEqual(Array(10).fill(1));
    const third = await made.run(['rerun', 'run', '--confirm', `1@${made.host}`]);
    expect({ ...third, mails: made.org.stats().effects.mails.total }).toMatchObject({
      code: 5,
      mails: 10,
    });

    made.org.finish(results.find((row) => row['_outcome'] === 'succeeded')?.['User Id'] ?? '');
    const followup = await made.run(['followup', 'run']);
    expect(followup).toMatchObject({ code: 0 });
    expect(followup.stdout).toContain('2 runs on 127.0.0.1:18013: 1 of 10 users finished');
  });

  test('of temporary passwords: the last one sealed for a user is the valid one', async () => {
    const { made, actedOn, suspended } = await afterTheKill('temp-password');
    const identity = new URL('made-by-0.1.0/identity.txt', import.meta.url).pathname;
    const open = ['secrets', 'open', 'run', '--identity', identity];
    const sealedBefore = await made.run(open);
    expect({ sealedBefore }).toMatchObject({ sealedBefore: { code: 0 } });
    const recipient = /age1\w+/.exec(await readFile(identity, 'utf8'))?.[0] ?? '';
    expect(await resumed(made, '--secrets-recipient', recipient)).toMatchObject({ code: 0 });
    const results = await readCsv(made.path('run/results.csv'));
    expect(outcomes(results)).toEqual({ succeeded: 10, skipped: 6 });

    const opened = await made.run(open);
    expect(opened.code).toBe(0);
    const acted = [...made.org.users()].filter(({ id }) => made.org.effects(id)?.tempPasswords);
    const held = acted.map(({ id }) => opened.stdout.includes(made.org.currentTempPassword(id)!));
    expect(held).toEqual(Array(10).fill(true));
    // Users whose password was lost with the process got another one; nobody else did.
    const twice = acted.filter(({ id }) => made.org.effects(id)?.tempPasswords === 2);
    expect(twice.map(({ id }) => id).sort()).toEqual(
      actedOn
        .map(({ id }) => id)
        .filter((id) => !sealedBefore.stdout.includes(id))
        .sort(),
    );
    expect(made.org.effects(suspended.id)).toMatchObject({ tempPasswords: 0 });
    expect(await made.run(['report', 'run'])).toMatchObject({ code: 0 });
  });
});
