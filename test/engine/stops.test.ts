import { describe, expect, test } from '@jest/globals';
import { idOf, ModelOrg } from './model-org.ts';
import { AGENT_OUTAGES } from '../../src/engine/run/directory-agents.ts';
import { Disk, planOf, RESET, Invocation } from './invocation.ts';
import { VirtualClock } from './virtual-clock.ts';

function orgOf(users: number): ModelOrg {
  return new ModelOrg(new VirtualClock(), users);
}

function twice(org: ModelOrg): number {
  return [...org.users.values()].filter(({ effects }) => effects.length > 1).length;
}

describe('credentials', () => {
  test('revoked during a run stop it within one round; the rest is left and a resume finishes it', async () => {
    const org = orgOf(300);
    const disk = new Disk();
    org.faultOfWrite = (number) =>
      number > 100 ? { kind: 'answer', status: 401, code: 'E0000011' } : undefined;
    const end = await new Invocation(org, disk).run();
    expect(end?.stop?.kind).toBe('credentials');
    expect(end?.counts).toMatchObject({ succeeded: 100, failed: 0, unknown: 0 });
    expect(org.writes).toBeLessThanOrEqual(104);
    expect(disk.records.at(-1)).toMatchObject({ kind: 'closed', stop: { kind: 'credentials' } });
    org.faultOfWrite = () => undefined;
    const again = await new Invocation(org, disk).run();
    expect(again?.counts.succeeded).toBe(200);
    expect(twice(org)).toBe(0);
    expect(disk.fold(300).counts.succeeded).toBe(300);
  });

  test('refused while a row is being read back leave its attempt pending', async () => {
    const org = orgOf(1);
    const disk = new Disk();
    org.faultOfWrite = () => ({ kind: 'lost', applied: true });
    org.faultOfRead = (number) =>
      number > 0 ? { kind: 'answer', status: 401, code: 'E0000011' } : undefined;
    const end = await new Invocation(org, disk).run();
    expect(end?.stop?.kind).toBe('credentials');
    expect(disk.fold(1).openRows.get(1)?.pending?.attempt).toBe(1);
    org.faultOfRead = () => undefined;
    org.faultOfWrite = () => undefined;
    await new Invocation(org, disk).run();
    expect(org.writes).toBe(1);
    expect(disk.outcomes()).toMatchObject([
      { outcome: 'succeeded', reconciled: true, attempts: 1 },
    ]);
  });
});

describe('permission', () => {
  test('missing scope stops at once', async () => {
    const org = orgOf(50);
    org.faultOfWrite = () => ({
      kind: 'answer',
      status: 403,
      code: 'insufficient_scope',
      insufficientScope: true,
    });
    const end = await new Invocation(org, new Disk()).run();
    expect(end?.stop?.kind).toBe('permission');
    expect(org.writes).toBeLessThanOrEqual(4);
    expect(end?.counts.failed).toBe(0);
  });

  test('refused in the same way for the first rows stops; those rows are acted on once that is fixed', async () => {
    const org = orgOf(50);
    const disk = new Disk();
    org.faultOfWrite = () => ({ kind: 'answer', status: 403, code: 'E0000006' });
    const end = await new Invocation(org, disk).run();
    expect(end?.stop?.kind).toBe('permission');
    expect(end?.counts).toMatchObject({ failed: 0, succeeded: 0 });
    expect(org.writes).toBeLessThanOrEqual(9);
    org.faultOfWrite = () => undefined;
    const again = await new Invocation(org, disk).run();
    expect(again?.counts.succeeded).toBe(50);
  });

  test('refused for some users only fails those', async () => {
    const org = orgOf(60);
    const disk = new Disk();
    const admins = new Set([idOf(1), idOf(2), idOf(30)]);
    org.faultOfWrite = (_number, { userId }) =>
      admins.has(userId) ? { kind: 'answer', status: 403, code: 'E0000006' } : undefined;
    const end = await new Invocation(org, disk).run();
    expect(end?.stop).toBeUndefined();
    expect(end?.counts).toMatchObject({ failed: 3, succeeded: 57 });
    expect(disk.outcomes().filter(({ reason }) => reason === 'no-permission')).toHaveLength(3);
  });

  test('refused for all rows that an interrupted run has left fails them: others were accepted before', async () => {
    const org = orgOf(100);
    const disk = new Disk();
    const targets = planOf(org).slice(0, 94);
    await new Invocation(org, disk, { targets }).run();
    org.faultOfWrite = () => ({ kind: 'answer', status: 403, code: 'E0000006' });
    const end = await new Invocation(org, disk).run();
    expect(end).toMatchObject({ stop: undefined, counts: { failed: 6, 'not-attempted': 0 } });
    expect(twice(org)).toBe(0);
  });

  test('refused for the only rows fails them: too few to decide', async () => {
    const org = orgOf(2);
    org.faultOfWrite = () => ({ kind: 'answer', status: 403, code: 'E0000006' });
    const end = await new Invocation(org, new Disk()).run();
    expect(end).toMatchObject({ stop: undefined, counts: { failed: 2, 'not-attempted': 0 } });
  });
});

describe('outcomes', () => {
  test('above the failure limit stop after twenty', async () => {
    const org = orgOf(200);
    org.faultOfWrite = (number) =>
      number % 4 === 0 ? { kind: 'answer', status: 403, code: 'E0000014' } : undefined;
    const end = await new Invocation(org, new Disk(), { options: { concurrency: 1 } }).run();
    expect(end?.stop).toEqual({ kind: 'failure-share', failed: 5, ended: 20 });
    expect(end?.counts).toMatchObject({ failed: 5 });
    expect(org.writes).toBeLessThan(24);
  });

  test('that all are not found stop as the wrong list', async () => {
    const org = orgOf(40);
    const targets = planOf(org);
    org.users.clear();
    const end = await new Invocation(org, new Disk(), {
      targets,
      options: { maxFailures: { kind: 'percent', percent: 99 }, concurrency: 2 },
    }).run();
    expect(end?.stop).toMatchObject({ kind: 'all-not-found' });
  });

  test('a malformed request stops the run and fails nobody', async () => {
    const org = orgOf(20);
    org.faultOfWrite = () => ({ kind: 'answer', status: 400, code: 'E0000003' });
    const end = await new Invocation(org, new Disk()).run();
    expect(end?.stop?.kind).toBe('our-bug');
    expect(end?.counts.failed).toBe(0);
  });
});

describe('an org that is away', () => {
  test('stops the run resumable, with no row failed', async () => {
    const org = orgOf(100);
    const disk = new Disk();
    org.faultOfWrite = (number) => (number > 30 ? { kind: 'refused' } : undefined);
    const end = await new Invocation(org, disk, { options: { maxRetries: 3 } }).run();
    expect(end?.stop?.kind).toBe('org-unavailable');
    expect(end?.counts).toMatchObject({ succeeded: 30, failed: 0, unknown: 0 });
    org.faultOfWrite = () => undefined;
    await new Invocation(org, disk).run();
    expect(disk.fold(100).counts.succeeded).toBe(100);
    expect(twice(org)).toBe(0);
  });

  test('behind a proxy that answers for it stops in the same way, and nothing is sent twice', async () => {
    const org = orgOf(40);
    const disk = new Disk();
    org.faultOfWrite = (number) =>
      number > 10 ? { kind: 'answer', status: 502, applied: number % 2 === 0 } : undefined;
    org.faultOfRead = () => (org.writes > 10 ? { kind: 'answer', status: 502 } : undefined);
    const end = await new Invocation(org, disk).run();
    expect(end?.stop?.kind).toBe('org-unavailable');
    expect(end?.counts).toMatchObject({ failed: 0, unknown: 0 });
    org.faultOfWrite = () => undefined;
    org.faultOfRead = () => undefined;
    await new Invocation(org, disk).run();
    expect(disk.fold(40).counts.succeeded).toBe(40);
    expect(twice(org)).toBe(0);
  });

  test('before the first call: nothing is sent without its clock', async () => {
    const org = orgOf(3);
    org.faultOfRead = () => ({ kind: 'refused' });
    const end = await new Invocation(org, new Disk()).run();
    expect(end?.stop?.kind).toBe('org-unavailable');
    expect(org.writes).toBe(0);
  });

  test('stays read-only for minutes: the run waits, then stops', async () => {
    const org = orgOf(5);
    org.faultOfWrite = () => ({ kind: 'answer', status: 503, code: 'E0000010', effect: 'none' });
    const invocation = new Invocation(org, new Disk());
    const end = await invocation.run();
    expect(end?.stop?.kind).toBe('org-unavailable');
    expect(end?.counts.failed).toBe(0);
    expect(org.clock.monotonicMs()).toBeGreaterThan(120_000);
    const pauses = invocation.events.filter(({ type }) => type === 'pause');
    expect(pauses.length).toBeGreaterThan(2);
    expect(pauses.length).toBeLessThan(12);
  });
});

describe('a directory agent that is away', () => {
  function mixed(): ModelOrg {
    const org = orgOf(40);
    for (let user = 1; user <= 10; user += 1) org.user(user).providerType = 'ACTIVE_DIRECTORY';
    return org;
  }
  const isAd = (org: ModelOrg, userId: string) =>
    org.users.get(userId)?.providerType === 'ACTIVE_DIRECTORY';
  const away = { kind: 'answer', status: 504, code: 'E0000241', effect: 'none' } as const;

  test('delays only its users, who are acted on when it is back', async () => {
    const org = mixed();
    const start = org.clock.monotonicMs();
    const backMs = start + 100_000;
    org.faultOfWrite = (_number, { userId }) =>
      isAd(org, userId) && org.clock.monotonicMs() < backMs ? away : undefined;
    const local: number[] = [];
    org.onEffect = (user) => {
      if (user.providerType === 'OKTA') local.push(org.clock.monotonicMs() - start);
    };
    const invocation = new Invocation(org, new Disk());
    const end = await invocation.run();
    expect(end?.counts.succeeded).toBe(40);
    const said = invocation.events.flatMap((event) => (event.type === 'message' ? [event] : []));
    expect(said.length).toBeGreaterThan(0);
    for (const { text } of said)
      expect(text).toMatch(/^The Active Directory agent does not answer\. Its users wait \d+ /);
    expect(Math.max(...local)).toBeLessThan(30_000);
    expect(twice(org)).toBe(0);
  });

  test('that goes away again and again is waited for each time, because it came back in between', async () => {
    const org = orgOf(20);
    for (let user = 1; user <= 20; user += 1) org.user(user).providerType = 'LDAP';
    const tries = new Map<string, number>();
    org.faultOfWrite = (_number, { userId }) => {
      const count = (tries.get(userId) ?? 0) + 1;
      tries.set(userId, count);
      return count === 1 ? away : undefined;
    };
    const invocation = new Invocation(org, new Disk(), { options: { concurrency: 1 } });
    const end = await invocation.run();
    expect([end?.stop, end?.counts.succeeded]).toEqual([undefined, 20]);
    const said = invocation.events.flatMap((event) => (event.type === 'message' ? [event] : []));
    expect(said.length).toBeGreaterThan(AGENT_OUTAGES);
    expect(
      said.every(({ text }) => /agent does not answer\. Its users wait \d+ s/.test(text)),
    ).toBe(true);
    expect(twice(org)).toBe(0);
  });

  test('that stays away: tried users fail, the others are left, the run does not stop', async () => {
    const org = mixed();
    const disk = new Disk();
    org.faultOfWrite = (_number, { userId }) => (isAd(org, userId) ? away : undefined);
    const invocation = new Invocation(org, disk, {
      options: { concurrency: 2, maxFailures: { kind: 'percent', percent: 100 } },
    });
    const end = await invocation.run();
    expect(end?.stop).toBeUndefined();
    expect(end?.counts.succeeded).toBe(30);
    expect((end?.counts.failed ?? 0) + (end?.counts['not-attempted'] ?? 0)).toBe(10);
    expect(end?.counts['not-attempted']).toBeGreaterThan(0);
    expect(disk.outcomes().find(({ outcome }) => outcome === 'failed')).toMatchObject({
      reason: 'agent-unavailable',
      oktaCode: 'E0000241',
    });
    expect(invocation.events.some((event) => event.type === 'message')).toBe(true);
  });
});

describe('signals and time', () => {
  test('a drain settles what is in flight and begins nothing more', async () => {
    const org = orgOf(100);
    const disk = new Disk();
    const invocation = new Invocation(org, disk);
    let writesAtDrain = 0;
    org.onArrival = () => {
      if (org.writes !== 20) return;
      writesAtDrain = org.writes;
      invocation.drain.abort({ signal: 'SIGTERM' });
    };
    const end = await invocation.run();
    expect(end?.stop).toEqual({ kind: 'signal', signal: 'SIGTERM' });
    expect(org.writes - writesAtDrain).toBe(0);
    expect(end?.counts.succeeded).toBe(org.writes);
    expect(disk.fold(100).openRows.size).toBeLessThanOrEqual(4);
    expect([...disk.fold(100).openRows.values()].every(({ pending }) => !pending)).toBe(true);
    expect(invocation.events.filter(({ type }) => type === 'stopping')).toHaveLength(1);
  });

  test('a drain still reads back what is in doubt', async () => {
    const org = orgOf(10);
    const disk = new Disk();
    const invocation = new Invocation(org, disk);
    org.faultOfWrite = () => ({ kind: 'lost', applied: true });
    org.onArrival = () => invocation.drain.abort('SIGINT');
    const end = await invocation.run();
    expect(end?.stop).toEqual({ kind: 'signal', signal: 'SIGINT' });
    expect(end?.counts).toMatchObject({ succeeded: org.writes, unknown: 0 });
  });

  test('a drain cuts waits for another try short, and leaves their rows', async () => {
    const org = orgOf(4);
    const disk = new Disk();
    const invocation = new Invocation(org, disk);
    org.faultOfWrite = () => ({ kind: 'answer', status: 503, code: 'E0000010', effect: 'none' });
    const running = invocation.run();
    await org.clock.sleep(5000);
    invocation.drain.abort('SIGHUP');
    const end = await running;
    expect(org.clock.monotonicMs()).toBeLessThan(15_000);
    expect(end?.counts['not-attempted']).toBe(4);
    expect(disk.outcomes()).toHaveLength(0);
  });

  test('a drain that a hanging call delays ends after the call’s timeout and a grace period', async () => {
    const org = orgOf(4);
    const disk = new Disk();
    const invocation = new Invocation(org, disk);
    org.faultOfWrite = () => ({ kind: 'slow', ms: 3_600_000 });
    org.onArrival = () => invocation.drain.abort('SIGINT');
    const start = org.clock.monotonicMs();
    const end = await invocation.run();
    expect(end?.stop).toEqual({ kind: 'signal', signal: 'SIGINT' });
    expect(org.clock.monotonicMs() - start).toBeLessThan(30_000);
    expect(disk.fold(4).openRows.get(1)?.pending).toBeDefined();
    expect(disk.records.at(-1)).toMatchObject({ kind: 'closed' });
  });

  test('leaving is immediate; pending attempts stay in the journal and a resume settles them', async () => {
    const org = orgOf(40);
    const disk = new Disk();
    const invocation = new Invocation(org, disk);
    let leftMs = 0;
    org.onArrival = () => {
      if (org.writes !== 10) return;
      leftMs = org.clock.monotonicMs();
      invocation.drain.abort('SIGINT');
      invocation.leave.abort('SIGINT');
    };
    await invocation.run();
    expect(org.clock.monotonicMs()).toBe(leftMs);
    const records = disk.records.length;
    await org.clock.sleep(60_000);
    expect(disk.records).toHaveLength(records);
    expect([...disk.fold(40).openRows.values()].some(({ pending }) => pending)).toBe(true);
    await new Invocation(org, disk).run();
    expect(disk.fold(40).counts.succeeded).toBe(40);
    expect(twice(org)).toBe(0);
  });

  test('the time limit stops the run', async () => {
    const org = orgOf(1000);
    const end = await new Invocation(org, new Disk(), { options: { maxDurationMs: 1000 } }).run();
    expect(end?.stop).toEqual({ kind: 'max-duration', limitMs: 1000 });
    expect(end?.counts.succeeded).toBeGreaterThan(20);
    expect(end?.counts.succeeded).toBe(org.writes);
  });

  test('a credential lost while draining has precedence over the signal', async () => {
    const org = orgOf(10);
    const invocation = new Invocation(org, new Disk());
    org.faultOfWrite = () => ({ kind: 'answer', status: 401, code: 'E0000011' });
    org.onArrival = () => invocation.drain.abort('SIGINT');
    const end = await invocation.run();
    expect(end?.stop?.kind).toBe('credentials');
  });
});

describe('a disk that fails', () => {
  test('sends nothing more; what was in flight is found again by a resume', async () => {
    for (let diskFullAt = 1; diskFullAt <= 14; diskFullAt += 1) {
      const org = orgOf(12);
      const disk = new Disk();
      let sentAfter = 0;
      const invocation = new Invocation(org, disk, { diskFullAt });
      org.onArrival = () => {
        if (invocation.appends >= diskFullAt) sentAfter += 1;
      };
      const end = await invocation.run();
      expect(end?.stop?.kind).toBe('disk');
      expect(sentAfter).toBe(0);
      expect(end?.counts.succeeded).toBe(disk.outcomes().length);
      org.onArrival = () => undefined;
      await new Invocation(org, disk).run();
      expect(disk.fold(12).counts.succeeded).toBe(12);
      expect(twice(org)).toBe(0);
    }
  });

  test('for secrets stops too, and the lost secret is issued again by a resume', async () => {
    const org = orgOf(10);
    const disk = new Disk();
    const spec = { ...RESET, action: 'temp-password', sendEmail: false } as const;
    const end = await new Invocation(org, disk, { secretsFailAt: 4, options: { spec } }).run();
    expect(end?.stop?.kind).toBe('disk');
    expect(disk.outcomes().length).toBe(disk.secrets.length);
    await new Invocation(org, disk, { options: { spec } }).run();
    expect(disk.fold(10).counts.succeeded).toBe(10);
    for (let user = 1; user <= 10; user += 1) {
      const kept = disk.secrets.filter(({ userId }) => userId === idOf(user)).at(-1);
      expect(kept?.secret.reveal()).toBe(org.user(user).password);
    }
  });
});

describe('the canary', () => {
  const canary = { waves: [3] };
  const phases = (invocation: Invocation) =>
    invocation.events.flatMap((event) => (event.type === 'canary' ? [event.phase] : []));

  test('is done and read back before any other row is begun', async () => {
    const org = orgOf(20);
    const disk = new Disk();
    const invocation = new Invocation(org, disk, { options: canary });
    let writesAtFirstRead = 0;
    org.faultOfRead = (number) => {
      if (number === 1) writesAtFirstRead = org.writes;
      return undefined;
    };
    const end = await invocation.run();
    expect(end?.counts.succeeded).toBe(20);
    expect(writesAtFirstRead).toBe(3);
    expect(org.reads).toBe(3);
    expect(phases(invocation)).toEqual(['started', 'verified']);
    expect(disk.fold(20).waves.verified).toBe(1);
  });

  test('that was accepted without effect stops the run', async () => {
    const org = orgOf(20);
    const invocation = new Invocation(org, new Disk(), { options: canary });
    org.onEffect = (user) => {
      user.status = 'ACTIVE';
      user.statusChangedMs = 1_600_000_000_000;
    };
    const end = await invocation.run();
    expect(end?.stop?.kind).toBe('canary');
    expect(org.writes).toBe(3);
    expect(phases(invocation)).toEqual(['started', 'failed']);
  });

  test('with a failed row stops the run', async () => {
    const org = orgOf(20);
    const targets = planOf(org);
    org.users.delete(idOf(2));
    const end = await new Invocation(org, new Disk(), { targets, options: canary }).run();
    expect(end?.stop).toMatchObject({ kind: 'canary', detail: 'row 2 is failed (not-found)' });
    expect(end?.counts.succeeded).toBe(2);
  });

  test('refused in the same way means a missing permission', async () => {
    const org = orgOf(20);
    org.faultOfWrite = () => ({ kind: 'answer', status: 403, code: 'E0000006' });
    const end = await new Invocation(org, new Disk(), { options: canary }).run();
    expect(end?.stop?.kind).toBe('permission');
  });

  test('verified once is not repeated by a resume', async () => {
    const org = orgOf(30);
    const disk = new Disk();
    const first = new Invocation(org, disk, { options: canary });
    org.onArrival = () => {
      if (org.writes === 10) first.drain.abort('SIGINT');
    };
    await first.run();
    const second = new Invocation(org, disk, { options: canary });
    await second.run();
    expect(phases(first)).toEqual(['started', 'verified']);
    expect(phases(second)).toEqual([]);
    expect(disk.fold(30).counts.succeeded).toBe(30);
  });
});

describe('what nobody expected', () => {
  test('is thrown after what was in flight is settled', async () => {
    const org = orgOf(20);
    const disk = new Disk();
    const invocation = new Invocation(org, disk);
    org.faultOfWrite = (number) => {
      if (number === 6) throw new TypeError('a bug');
      return undefined;
    };
    await expect(invocation.run()).rejects.toThrow('a bug');
    expect(disk.outcomes().length).toBe(
      [...org.users.values()].filter((u) => u.effects.length).length,
    );
    org.faultOfWrite = () => undefined;
    await new Invocation(org, disk).run();
    expect(disk.fold(20).counts.succeeded).toBe(20);
    expect(twice(org)).toBe(0);
  });

  test('among the targets is thrown after what was in flight is settled', async () => {
    const org = orgOf(20);
    const disk = new Disk();
    const targetsFail = { at: 9, error: new TypeError('a bug') };
    await expect(new Invocation(org, disk, { targetsFail }).run()).rejects.toThrow('a bug');
    expect(org.writes).toBeGreaterThan(0);
    expect(disk.fold(20).counts.succeeded).toBe(org.writes);
    for (const { pending } of disk.fold(20).openRows.values()) expect(pending).toBeUndefined();
  });

  test('a listener that throws does not disturb the run', async () => {
    const org = orgOf(5);
    const end = await new Invocation(org, new Disk(), {
      onEvent: () => {
        throw new Error('no terminal');
      },
    }).run();
    expect(end?.counts.succeeded).toBe(5);
  });
});

describe('rows are taken', () => {
  test('only when the reader of the events keeps up, and not after a stop', async () => {
    const org = orgOf(20);
    let asked = 0;
    const invocation = new Invocation(org, new Disk(), {
      caughtUp: (signal) => {
        asked += 1;
        if (asked < 6) return undefined;
        queueMicrotask(() => invocation.drain.abort('SIGINT'));
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
      },
    });
    const end = await invocation.run();
    expect(invocation.taken).toBe(5);
    expect(invocation.planClosed).toBe(true);
    expect(end?.stop).toMatchObject({ kind: 'signal' });
  });

  test('only as far as rows in progress need', async () => {
    const org = orgOf(500);
    const invocation = new Invocation(org, new Disk());
    let ahead = 0;
    org.onArrival = () => (ahead = Math.max(ahead, invocation.taken - org.writes));
    await invocation.run();
    expect(ahead).toBeLessThanOrEqual(16);
  });

  test('not for a run whose rows have all ended: not even the clock is asked for', async () => {
    const org = orgOf(5);
    const disk = new Disk();
    await new Invocation(org, disk).run();
    const calls = org.organizationCalls;
    const end = await new Invocation(org, disk).run();
    expect(end?.counts.succeeded).toBe(0);
    expect(org.organizationCalls).toBe(calls);
    expect(org.writes).toBe(5);
  });
});
