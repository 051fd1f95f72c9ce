import { describe, expect, test } from '@jest/globals';
import type { ActionSpec } from '../../src/domain/plan/action.ts';
import type { GoOn, VerifiedWave } from '../../src/engine/run/options.ts';
import { Disk, Invocation, planOf, RESET, type InvocationOptions } from './invocation.ts';
import { idOf, ModelOrg } from './model-org.ts';
import { VirtualClock } from './virtual-clock.ts';

const USERS = 12;
/** Rows 1 and 2, rows 3 to 5, then the rest. */
const WAVES = [2, 3];

/** An org that reports for each write which rows of earlier waves were not proved when it arrived. */
class WatchedOrg extends ModelOrg {
  readonly unproved: string[] = [];
  readonly #readSince = new Set<string>();
  readonly #waveOf: (row: number) => number;

  constructor(waves: readonly number[] = WAVES) {
    super(new VirtualClock(), USERS);
    this.#waveOf = (row) => {
      let last = 0;
      const wave = waves.findIndex((size) => row <= (last += size));
      return wave < 0 ? waves.length : wave;
    };
    this.onRead = (id) => this.#readSince.add(id);
    this.onEffect = ({ id }) => this.#readSince.delete(id);
    this.onArrival = ({ userId }) => this.look(userId);
  }

  look(userId: string): void {
    const row = Number(userId.slice(3));
    for (let earlier = 1; earlier < row; earlier += 1) {
      if (this.#waveOf(earlier) === this.#waveOf(row)) continue;
      const isProved = this.user(earlier).effects.length > 0 && this.#readSince.has(idOf(earlier));
      if (!isProved) this.unproved.push(`row ${row} was sent, row ${earlier} not proved`);
    }
  }

  effects(): readonly number[] {
    return [...this.users.values()].map(({ effects }) => effects.length);
  }
}

const once = Array.from({ length: USERS }, () => 1);

function invoke(org: ModelOrg, disk: Disk, setup: InvocationOptions = {}): Invocation {
  return new Invocation(org, disk, { ...setup, options: { waves: WAVES, ...setup.options } });
}

function phases({ events }: Invocation): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'canary' ? [`${event.wave}/${event.waves} ${event.phase} ${event.rows}`] : [],
  );
}

const SPECS: readonly ActionSpec[] = [
  RESET,
  { ...RESET, action: 'suspend', sendEmail: false },
  { ...RESET, action: 'end-sessions', sendEmail: false },
  {
    ...RESET,
    resetFactors: true,
    revokeTokens: true,
    order: 'password-first',
  },
];

describe('each wave begins when every row of the one before is proved', () => {
  test.each(SPECS)('$action', async (spec) => {
    const org = new WatchedOrg();
    const disk = new Disk();
    const invocation = invoke(org, disk, { options: { spec } });
    expect(await invocation.run()).toMatchObject({ stop: undefined, counts: { succeeded: USERS } });
    expect(org.unproved).toEqual([]);
    expect(phases(invocation)).toEqual([
      '1/2 started 2',
      '1/2 verified 2',
      '2/2 started 3',
      '2/2 verified 3',
    ]);
    expect(disk.fold(USERS).waves).toMatchObject({ sizes: WAVES, verified: 2, rows: [] });
  });

  test.each([
    [
      [5, 50, 500],
      ['1/3 started 5', '1/3 verified 5', '2/3 started 50', '2/3 verified 7'],
    ],
    [
      [USERS, 5],
      ['1/2 started 12', '1/2 verified 12'],
    ],
    [
      [1, 1, USERS],
      [
        ...['1/3 started 1', '1/3 verified 1', '2/3 started 1', '2/3 verified 1'],
        ...['3/3 started 12', '3/3 verified 10'],
      ],
    ],
  ])('a plan that ends within waves of %j has no empty ones', async (waves, expected) => {
    const org = new WatchedOrg(waves);
    const invocation = invoke(org, new Disk(), { options: { waves } });
    await invocation.run();
    expect([phases(invocation), org.unproved]).toEqual([expected, []]);
  });
});

describe('a wave that fails stops the run, and begins again with a resume', () => {
  test.each<[string, (org: WatchedOrg) => void, string]>([
    ['a user who is gone', (org) => org.users.delete(idOf(4)), 'row 4 is failed (not-found)'],
    [
      'an effect that does not show',
      (org) => {
        org.onEffect = (user) => {
          if (user.id === idOf(4))
            Object.assign(user, { status: 'ACTIVE', statusChangedMs: 1_600_000_000_000 });
        };
      },
      `row 4 was accepted, but user ${idOf(4)} shows status ACTIVE`,
    ],
  ])('%s', async (_what, spoil, detail) => {
    const org = new WatchedOrg();
    const targets = planOf(org);
    org.onArrival = () => undefined;
    spoil(org);
    const disk = new Disk();
    const maxFailures = { kind: 'percent', percent: 100 } as const;
    const first = invoke(org, disk, { targets, options: { maxFailures } });
    expect((await first.run())?.stop).toEqual({ kind: 'canary', detail, wave: 2 });
    expect(phases(first).at(-1)).toBe('2/2 failed 3');
    expect([org.user(5), org.user(6)].map(({ effects }) => effects.length)).toEqual([1, 0]);
    const second = invoke(org, disk, { targets, options: { maxFailures } });
    expect((await second.run())?.stop).toBeUndefined();
    expect(phases(second)).toEqual(['2/2 started 3', '2/2 verified 3']);
    expect(Math.max(...org.effects())).toBe(1);
  });
});

describe('a run that was interrupted continues in the same wave', () => {
  const kills = Array.from({ length: 32 }, (_, at) => at + 1);

  test.each(['before', 'after'] as const)(
    'killed %s any record: no row is sent before the wave before it is proved, and none twice',
    async (when) => {
      for (const append of kills) {
        const org = new WatchedOrg();
        const disk = new Disk();
        const targets = planOf(org);
        await invoke(org, disk, { targets, killAt: { append, when } }).run();
        const end = await invoke(org, disk, { targets }).run();
        expect([append, end?.stop, org.unproved, org.effects()]).toEqual([
          ...[append, undefined, [], once],
        ]);
      }
    },
  );

  test('and also proves the rows that had ended before', async () => {
    const org = new WatchedOrg();
    const disk = new Disk();
    const targets = planOf(org);
    const first = invoke(org, disk, { targets, options: { concurrency: 1 } });
    org.onEffect = (user) => {
      if (user.id !== idOf(3)) return;
      Object.assign(user, { status: 'ACTIVE', statusChangedMs: 1_600_000_000_000 });
      first.drain.abort('SIGINT');
    };
    expect((await first.run())?.stop?.kind).toBe('signal');
    const second = invoke(org, disk, { targets });
    expect((await second.run())?.stop).toMatchObject({
      wave: 2,
      detail: `row 3 was accepted, but user ${idOf(3)} shows status ACTIVE`,
    });
    expect(org.effects().slice(0, 6)).toEqual([1, 1, 1, 1, 1, 0]);
  });
});

describe('a stop while a wave is read back', () => {
  /** Stops at a read; the org shows no effect until then if `isBlind`. */
  async function stopped(atRead: number, isBlind: boolean) {
    const org = new WatchedOrg();
    const disk = new Disk();
    const targets = planOf(org);
    const first = invoke(org, disk, { targets, options: { concurrency: 1 } });
    if (isBlind) org.readLagMs = 3_600_000;
    const { onRead } = org;
    let reads = 0;
    org.onRead = (id) => {
      onRead(id);
      reads += 1;
      if (reads === atRead) first.drain.abort('SIGINT');
    };
    const end = await first.run();
    expect(end?.stop).toEqual({ kind: 'signal', signal: 'SIGINT' });
    org.readLagMs = 0;
    const second = invoke(org, disk, { targets });
    expect((await second.run())?.stop).toBeUndefined();
    expect(org.effects()).toEqual(once);
    return { first: phases(first), second: phases(second) };
  }

  test('after the last read keeps what was seen', async () => {
    expect(await stopped(2, false)).toEqual({
      first: ['1/2 started 2', '1/2 verified 2'],
      second: ['2/2 started 3', '2/2 verified 3'],
    });
  });

  test.each([
    [1, false],
    [1, true],
    [3, true],
  ])(
    'at read %i, of an org that shows late: %s, says nothing of the wave, which is read again',
    async (read, isBlind) => {
      expect(await stopped(read, isBlind)).toEqual({
        first: ['1/2 started 2'],
        second: ['1/2 started 2', '1/2 verified 2', '2/2 started 3', '2/2 verified 3'],
      });
    },
  );
});

describe('if somebody is asked after each wave', () => {
  const asking = (...answers: readonly GoOn[]) => {
    const heard: { wave: number; seen: number; ended: number; writes: number }[] = [];
    const of = (org: ModelOrg) => async (wave: VerifiedWave) => {
      heard.push({ ...wave, seen: wave.seen.length, writes: org.writes });
      return await Promise.resolve(answers[heard.length - 1] ?? 'stop');
    };
    return { heard, of };
  };

  test('a stop after the second says how many are done, and a resume continues with the rest', async () => {
    const org = new WatchedOrg();
    const disk = new Disk();
    const { heard, of } = asking('next-wave', 'stop');
    const end = await invoke(org, disk, { goOn: of(org) }).run();
    expect(heard).toEqual([
      { wave: 1, seen: 2, ended: 2, writes: 2 },
      { wave: 2, seen: 3, ended: 5, writes: 5 },
    ]);
    expect(end?.stop).toEqual({ kind: 'declined', done: 5 });
    expect(disk.records.filter(({ kind }) => kind === 'note')).toMatchObject([
      { note: { kind: 'canary-verified', rows: 2, wave: 1 } },
      { note: { kind: 'wave-consented', wave: 2 } },
      { note: { kind: 'canary-verified', rows: 3, wave: 2 } },
    ]);
    const again = invoke(org, disk);
    await again.run();
    expect([phases(again), org.effects()]).toEqual([[], once]);
  });

  test('nobody is asked if nothing is left, and a yes to the end is kept', async () => {
    const org = new WatchedOrg([2, USERS - 2]);
    const disk = new Disk();
    const { heard, of } = asking('to-the-end');
    await invoke(org, disk, { goOn: of(org), options: { waves: [2, USERS - 2] } }).run();
    expect(heard).toHaveLength(1);
    expect(disk.records).toContainEqual(
      expect.objectContaining({ note: { kind: 'consented', rows: 2 } }),
    );
  });
});
