import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ActionSpec } from '../../src/domain/plan/action.ts';
import { ModelOrg } from '../engine/model-org.ts';
import type { Fault } from '../engine/model-org.ts';
import { Disk, planOf, RESET, Invocation } from '../engine/invocation.ts';
import { VirtualClock } from '../engine/virtual-clock.ts';

const fault: fc.Arbitrary<Fault | undefined> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  {
    weight: 5,
    arbitrary: fc.constantFrom<Fault>(
      { kind: 'refused' },
      { kind: 'lost', applied: true },
      { kind: 'lost', applied: false },
      { kind: 'late', afterMs: 1500 },
      { kind: 'cut-body' },
      { kind: 'throttled', by: 'window' },
      { kind: 'throttled', by: 'concurrency' },
      { kind: 'throttled', by: 'recipient' },
      { kind: 'answer', status: 500, code: 'E0000009', applied: true },
      { kind: 'answer', status: 503, effect: 'possible' },
      { kind: 'slow', ms: 700 },
    ),
  },
);
const readFault: fc.Arbitrary<Fault | undefined> = fc.oneof(
  { weight: 8, arbitrary: fc.constant(undefined) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Fault>(
      { kind: 'refused' },
      { kind: 'throttled', by: 'window' },
      { kind: 'answer', status: 500, code: 'E0000009' },
    ),
  },
);

interface Scene {
  readonly users: number;
  readonly spec: ActionSpec;
  readonly concurrency: number;
  readonly faults: readonly (Fault | undefined)[];
  readonly readFaults: readonly (Fault | undefined)[];
  readonly waves: readonly number[];
  readonly breaks: readonly {
    readonly append: number;
    readonly how: 'kill-before' | 'kill-after' | 'disk' | 'drain' | 'leave';
  }[];
  readonly syncMs: number;
  readonly latencyMs: number;
  readonly jitter: readonly number[];
}

const spec = fc.record<ActionSpec>({
  action: fc.constantFrom('reset-password', 'temp-password', 'expire-password'),
  sendEmail: fc.boolean(),
  revokeSessions: fc.boolean(),
  revokeTokens: fc.boolean(),
});

const scenario: fc.Arbitrary<Scene> = fc.record({
  users: fc.integer({ min: 1, max: 14 }),
  spec: fc.oneof(fc.constant(RESET), spec),
  concurrency: fc.integer({ min: 1, max: 6 }),
  faults: fc.array(fault, { maxLength: 60 }),
  readFaults: fc.array(readFault, { maxLength: 40 }),
  waves: fc.constantFrom<readonly number[]>([], [], [2], [1, 2, 3]),
  /** How each invocation except the last is interrupted. */
  breaks: fc.array(
    fc.record({
      append: fc.integer({ min: 1, max: 40 }),
      how: fc.constantFrom('kill-before', 'kill-after', 'disk', 'drain', 'leave'),
    }),
    { maxLength: 4 },
  ),
  syncMs: fc.constantFrom(0, 1, 90),
  latencyMs: fc.constantFrom(1, 40, 400),
  jitter: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 8 }),
});

/** Temporary passwords issued again within the second of the ones that got lost. */
function lossy(faults: readonly Fault[]): Scene {
  return {
    users: 2,
    spec: { ...RESET, action: 'temp-password', sendEmail: false },
    concurrency: faults.length === 2 ? 1 : 2,
    faults: [...faults],
    readFaults: [],
    waves: [],
    breaks: [],
    syncMs: 0,
    latencyMs: 1,
    jitter: [0],
  };
}
const late: Fault = { kind: 'late', afterMs: 1500 };

test('whatever breaks, in any order: one effect per user, one outcome per row', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (scene) => {
      const org = new ModelOrg(new VirtualClock(), scene.users);
      org.latencyMs = scene.latencyMs;
      org.faultOfWrite = (number) => scene.faults[number - 1];
      org.faultOfRead = (number) => (number === 0 ? undefined : scene.readFaults[number]);
      const disk = new Disk();
      const targets = planOf(org);
      let draws = 0;
      const setup = {
        targets,
        syncMs: scene.syncMs,
        random: () => scene.jitter[draws++ % scene.jitter.length] ?? 0,
        options: {
          spec: scene.spec,
          concurrency: scene.concurrency,
          waves: scene.waves,
          maxRetries: 60,
        },
      };
      for (const { append, how } of scene.breaks) {
        const invocation = new Invocation(org, disk, {
          ...setup,
          ...(how === 'disk' ? { diskFullAt: append } : {}),
          ...(how === 'kill-before' ? { killAt: { append, when: 'before' as const } } : {}),
          ...(how === 'kill-after' ? { killAt: { append, when: 'after' as const } } : {}),
        });
        org.onArrival = () => {
          if (invocation.appends < append) return;
          if (how === 'drain') invocation.drain.abort('SIGINT');
          if (how === 'leave') invocation.leave.abort('SIGINT');
        };
        await invocation.run();
      }
      org.onArrival = () => undefined;
      // Stops that a scene causes (an org that does not answer for a while) are resumable by definition.
      for (let invocations = 0; disk.fold(scene.users).endedCount < scene.users; invocations += 1) {
        expect(invocations).toBeLessThan(20);
        await new Invocation(org, disk, setup).run();
      }
      const fold = disk.fold(scene.users);
      expect(fold.blindResends).toBe(0);
      expect(disk.outcomes()).toHaveLength(scene.users);
      expect(new Set(disk.outcomes().map(({ row }) => row)).size).toBe(scene.users);
      const secret = scene.spec.action === 'temp-password' || !scene.spec.sendEmail;
      for (const { row, outcome, reason } of disk.outcomes()) {
        const user = org.user(row);
        const effects = user.effects.filter(({ step }) => step === scene.spec.action).length;
        if (reason === 'unreadable') {
          // Every read of this row broke: the one thing that leaves a doubt here.
          expect([outcome, effects <= 1 || secret]).toEqual(['unknown', true]);
          continue;
        }
        // Nothing else makes a reset undecidable, and no row may fail: what broke can be tried again.
        expect([row, outcome]).toEqual([row, 'succeeded']);
        if (scene.spec.action === 'temp-password') {
          const kept = disk.secrets.filter((record) => record.row === row).at(-1);
          expect(kept?.secret.reveal()).toBe(user.password);
        } else if (!(secret && scene.spec.action === 'reset-password')) {
          expect([row, effects]).toEqual([row, 1]);
        }
      }
    }),
    {
      numRuns: 150,
      examples: [
        [lossy([{ kind: 'cut-body' }, { kind: 'throttled', by: 'recipient' }])],
        [lossy([{ kind: 'cut-body' }, late, late])],
        [lossy([{ kind: 'answer', status: 503, effect: 'possible' }, { kind: 'cut-body' }, late])],
      ],
    },
  );
});
