import { describe, expect, test } from '@jest/globals';
import type { ActionSpec } from '../../../src/domain/plan/action.ts';
import { findReason } from '../../../src/domain/codes/reasons.ts';
import { ModelOrg } from '../model-org.ts';
import { Disk, RESET, Invocation } from '../invocation.ts';
import { VirtualClock } from '../virtual-clock.ts';

const SPEC: ActionSpec = { ...RESET, action: 'temp-password', sendEmail: false };

/** Two users; the first one's directory refuses with E0000014, after it set the password or before. */
async function refused(
  providerType: string,
  applied: boolean,
  shape: { readonly readLagMs?: number; readonly spec?: ActionSpec } = {},
) {
  const org = new ModelOrg(new VirtualClock(), 2);
  org.readLagMs = shape.readLagMs ?? 0;
  for (const user of org.users.values()) user.providerType = providerType;
  org.faultOfWrite = (_number, { userId }) =>
    userId === org.user(1).id
      ? { kind: 'answer', status: 403, code: 'E0000014', applied, effect: 'none' }
      : undefined;
  const disk = new Disk();
  const startMs = org.clock.monotonicMs();
  const spec = shape.spec ?? SPEC;
  await new Invocation(org, disk, {
    options: { spec, maxFailures: { kind: 'count', count: 5 } },
  }).run();
  const outcome = disk.outcomes().find(({ row }) => row === 1);
  const sent = disk.records.filter((record) => record.kind === 'attempt' && record.row === 1);
  return { outcome, sent: sent.length, tookMs: org.clock.monotonicMs() - startMs, disk };
}

describe.each(['ACTIVE_DIRECTORY', 'LDAP'])('%s refuses a temporary password', (provider) => {
  test.each([0, 4000, 9000])(
    'after it set it, with reads %d ms behind: unknown, password-lost, sent once',
    async (readLagMs) => {
      const { outcome, sent } = await refused(provider, true, { readLagMs });
      expect(outcome).toMatchObject({
        outcome: 'unknown',
        reason: 'password-lost',
        oktaCode: 'E0000014',
        message: expect.stringContaining('Set a new one in the directory'),
      });
      expect(sent).toBe(1);
    },
  );

  test('before it set it: failed, but only after patient reads', async () => {
    const { outcome, sent, tookMs } = await refused(provider, false);
    expect(outcome).toMatchObject({ outcome: 'failed', reason: 'refused', oktaCode: 'E0000014' });
    expect(sent).toBe(1);
    expect(tookMs).toBeGreaterThan(60_000);
  });
});

test.each([0, 3_600_000])(
  'a process that is killed once the refusal is on disk sends nothing again when it is resumed %d ms later',
  async (gapMs) => {
    let killedThen = 0;
    for (const applied of [true, false])
      for (const when of ['before', 'after'] as const)
        for (let append = 1; append <= 8; append += 1) {
          const org = new ModelOrg(new VirtualClock(), 1);
          org.user(1).providerType = 'ACTIVE_DIRECTORY';
          org.faultOfWrite = () => ({
            ...{ kind: 'answer', status: 403, code: 'E0000014', applied, effect: 'none' },
          });
          const disk = new Disk();
          const options = { spec: SPEC, maxFailures: { kind: 'count', count: 5 } } as const;
          const end = await new Invocation(org, disk, { options, killAt: { append, when } }).run();
          const isKnown = disk.records.some(
            (record) => record.kind === 'effect' && record.oktaCode === 'E0000014',
          );
          if (isKnown && end === undefined) killedThen += 1;
          await org.clock.sleep(gapMs);
          await new Invocation(org, disk, { options }).run();
          const [outcome] = disk.outcomes();
          expect([applied, when, append, outcome?.outcome, outcome?.oktaCode]).toEqual([
            ...[applied, when, append],
            ...[applied ? 'unknown' : 'failed', 'E0000014'],
          ]);
          const sent = disk.records.filter(({ kind }) => kind === 'attempt').length;
          if (isKnown) expect([applied, when, append, sent]).toEqual([applied, when, append, 1]);
        }
    expect(killedThen).toBeGreaterThan(1);
  },
);

test('an Okta-sourced user has no directory that could have set it: failed at once', async () => {
  const { outcome, tookMs } = await refused('OKTA', false);
  expect(outcome).toMatchObject({ outcome: 'failed', reason: 'refused' });
  expect(tookMs).toBeLessThan(5000);
});

test('a reset that is refused like this sets no password: failed at once', async () => {
  const { outcome, tookMs } = await refused('ACTIVE_DIRECTORY', false, { spec: RESET });
  expect(outcome).toMatchObject({ outcome: 'failed', reason: 'refused' });
  expect(tookMs).toBeLessThan(5000);
});

test('explain says what to do in the directory', () => {
  expect(findReason('password-lost')).toMatchObject({
    outcome: 'unknown',
    how: expect.stringMatching(/directory \(AD, LDAP\)/),
  });
});
