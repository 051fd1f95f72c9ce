import { describe, expect, test } from '@jest/globals';
import { ModelOrg } from './model-org.ts';
import { Disk, Invocation } from './invocation.ts';
import { VirtualClock } from './virtual-clock.ts';

function orgOf(users: number): ModelOrg {
  return new ModelOrg(new VirtualClock(), users);
}

describe('a run without trouble', () => {
  test('resets each user once, and writes an attempt before and an outcome after', async () => {
    const org = orgOf(30);
    const disk = new Disk();
    org.onArrival = ({ userId }) => {
      expect(disk.records.at(-1)?.kind).not.toBe('closed');
      expect(disk.records.some((r) => r.kind === 'attempt' && r.userId === userId)).toBe(true);
    };
    const end = await new Invocation(org, disk).run();
    expect(end).toEqual({
      counts: { succeeded: 30, skipped: 0, failed: 0, unknown: 0, 'not-attempted': 0 },
      stop: undefined,
      reissued: 0,
    });
    for (let user = 1; user <= 30; user += 1) expect(org.effectsOf(user, 'reset-password')).toBe(1);
    expect(disk.records.filter((r) => r.kind === 'attempt')).toHaveLength(30);
    expect(disk.outcomes()).toHaveLength(30);
    expect(disk.records.at(-1)).toMatchObject({ kind: 'closed' });
    expect(org.mostInFlight).toBe(4);
    expect(org.organizationCalls).toBe(1);
  });
});
