/** Whose consent a run needs, to how many users, and which command the refusal names. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { keepConsent } from '../../src/app/run/consent/consent-proof.ts';
import { checkNamed, checkRunConsent, firstOf } from '../../src/app/run/consent/run-consent.ts';
import type { GuardConfig } from '../../src/config/guards.ts';
import { BARE_LINES } from '../../src/domain/run/next-commands.ts';
import type { WaveRow } from '../../src/domain/run/journal-record.ts';
import type { Replay } from '../../src/journal/replay.ts';
import { opened } from '../journal/sample.ts';
import { runFile } from '../report/sample.ts';
import { around, newFolder } from './run-folders.ts';

const root = await newFolder();
afterAll(() => rm(root, { recursive: true }));

const run = runFile({ targets: 5 });
const asGuards = (flags: Partial<GuardConfig>): GuardConfig =>
  ({
    confirm: undefined,
    yes: false,
    maxUsers: undefined,
    ...flags,
  }) as Partial<GuardConfig> as GuardConfig;

/** How far a run is; `consented`: to all of its rows, not only to a canary. */
const far = (endedCount: number, invocations: number, consented = invocations > 0) =>
  ({
    ...{ endedCount, consented },
    opened: Array.from({ length: invocations }, () => opened()),
  }) as Partial<Replay> as Replay;

describe('consent to a run', () => {
  let folders = 0;
  /** `proved`: this user consented to it on this machine. */
  async function check(
    replay: Replay,
    {
      proved = false,
      someone = false,
      ...flags
    }: Partial<GuardConfig> & { proved?: boolean; someone?: boolean } = {},
  ) {
    folders += 1;
    const cwd = join(root, String(folders));
    await mkdir(cwd, { mode: 0o700 });
    const { context } = around(cwd);
    if (proved) await keepConsent(run, context);
    const ask = someone ? () => Promise.resolve() : undefined;
    const input = {
      dir: join(cwd, 'monday'),
      guards: asGuards(flags),
      ask,
      continuation: BARE_LINES,
    };
    return checkRunConsent(input, run, replay, context).catch((error: unknown) => error);
  }

  test('is needed once: a begun run continues with the proof of it', async () => {
    expect(await check(far(2, 1), { proved: true })).toBe('given');
    expect(await check(far(2, 1), { proved: true, someone: true })).toBe('given');
    expect(await check(far(2, 3), { proved: true })).toBe('given');
  });

  test.each([
    ['was never begun, whatever is proved', far(0, 0), true],
    ['was begun by somebody else', far(2, 1), false],
    ['was begun with consent to the first wave only', far(2, 1, false), true],
  ])('is asked for if the run %s', async (_what, replay, proved) => {
    expect(await check(replay, { proved, someone: true })).toBe('ask');
    const { endedCount, opened: invocations } = replay;
    const command =
      invocations.length > 0 ? 'okta-reset resume monday' : 'okta-reset run --plan monday';
    const count = 5 - endedCount;
    expect(await check(replay, { proved })).toMatchObject({
      code: 'CONFIRM_MISSING',
      hint: `Give consent: ${command} --confirm ${count}@acme.okta.com, or --yes --max-users ${count} instead.`,
    });
  });

  test('by a flag is to what is left, or to the whole plan, and to this one', async () => {
    for (const confirm of ['3@acme.okta.com', '5@acme.okta.com'])
      expect(await check(far(2, 1), { confirm })).toBe('given');
    expect(await check(far(2, 1), { confirm: '2@acme.okta.com' })).toMatchObject({
      code: 'CONFIRM_MISMATCH',
    });
    const other = `3@acme.okta.com#${'f'.repeat(64)}`;
    expect(await check(far(2, 1), { confirm: other })).toMatchObject({
      code: 'CONFIRM_OTHER_PLAN',
    });
    expect(await check(far(2, 1), { yes: true, maxUsers: 3 })).toBe('given');
    const few = await check(far(2, 1), { yes: true, maxUsers: 2 });
    expect(few).toMatchObject({
      code: 'MAX_USERS_EXCEEDED',
      message: expect.stringContaining('The run has 3 users left'),
    });
    const early = await check(far(0, 0), { yes: true, maxUsers: 4, someone: true });
    expect(early).toMatchObject({ message: expect.stringContaining('The plan acts on 5 users') });
  });
});

describe('the flags of a run that has finished', () => {
  const checked =
    (replay: Replay, flags: Partial<GuardConfig> = {}) =>
    () =>
      checkNamed(run, replay, asGuards(flags));

  test('are still checked', () => {
    expect(checked(far(5, 1), { confirm: '5@acme.okta.com' })).not.toThrow();
    expect(checked(far(5, 1), { confirm: '4@acme.okta.com' })).toThrow('You confirmed 4 users');
    expect(checked(far(5, 1), { yes: true })).toThrow('--yes needs a maximum');
  });

  test('need not give consent, even if it was to the first waves only', () => {
    expect(checked(far(5, 1))).not.toThrow();
    // Everybody after the canary was skipped, so nobody was asked about the rest.
    expect(checked(far(5, 1, false))).not.toThrow();
  });
});

describe('the users that a question is about', () => {
  const first = (
    waves: readonly number[] | undefined,
    state: { readonly ended?: number; readonly verified?: number; readonly inWave?: number } = {},
  ) => {
    const { ended = 0, verified: wavesVerified = 0, inWave = 0 } = state;
    const waveRows = Array.from({ length: inWave }, () => ({}) as WaveRow);
    const { users, later } = firstOf(run, { endedCount: ended, wavesVerified, waveRows }, waves);
    return [users, later];
  };

  test('are all that are left if there are no waves, or after the last one', () => {
    expect([first(undefined), first(undefined, { ended: 2 }), first([])]).toEqual([
      ...[
        [5, 0],
        [3, 0],
        [5, 0],
      ],
    ]);
    expect(first([2], { ended: 2, verified: 1 })).toEqual([3, 0]);
  });

  test('are what the wave has room for; the others come later', () => {
    expect([first([2]), first([2, 9])]).toEqual([
      [2, 3],
      [2, 3],
    ]);
    expect(first([2], { ended: 1, inWave: 1 })).toEqual([1, 3]);
    // Skipped rows are not of the wave.
    expect(first([2], { ended: 1 })).toEqual([2, 2]);
    expect(first([2], { ended: 2, inWave: 2 })).toEqual([0, 3]);
    // A later run can have smaller waves than were sent.
    expect(first([1], { ended: 2, inWave: 2 })).toEqual([0, 3]);
    expect(first([2, 2], { ended: 3, verified: 1, inWave: 1 })).toEqual([1, 1]);
    expect(first([9])).toEqual([5, 0]);
    expect(first([9], { ended: 3 })).toEqual([2, 0]);
  });
});
