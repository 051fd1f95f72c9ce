import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import type { Followup } from '../../src/app/followup/followup.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

const HOUR_MS = 3_600_000;
const YES = ['--yes', '--max-users', '50'];
let rig: CliRig;

async function open(options: SandboxOptions): Promise<readonly string[]> {
  rig = await startCliRig({ users: 150, ...options });
  return eligible(rig.org, 12);
}

afterEach(() => rig.close());

async function followup(run: string): Promise<Followup> {
  const ended = await rig.type(['followup', run, '--json']);
  const events = ended.events as readonly (Followup & { readonly type: string })[];
  const found = events.find(({ type }) => type === 'followup');
  if (found === undefined) throw new Error(ended.err);
  return found;
}

async function listed(dir: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const [, ...lines] = (await rig.read(join(dir, 'followup.csv'))).trim().split('\n');
  return Object.fromEntries(lines.map((line) => [line.split(',')[0] ?? '', line.split(',')]));
}

const resetsOf = (ids: readonly string[]) => ids.map((id) => rig.org.effects(id)?.resets);

describe('users who were skipped as suspended and come back', () => {
  let ids: readonly string[];
  beforeEach(async () => {
    ids = await open({});
    for (const id of ids.slice(0, 3)) rig.org.suspend(id);
    await rig.type(['run', ...userFlags(ids), '--out', 'run', ...YES]);
    expect((await followup('run')).counts['came-back']).toBe(0);
    for (const id of ids.slice(0, 2)) rig.org.unsuspend(id);
  });

  test('are listed with the old password, next to the users who were reset', async () => {
    const now = await followup('run');
    expect(now).toMatchObject({ users: 9, counts: { 'came-back': 2, waiting: 9 } });
    const lines = await listed('run');
    expect(Object.keys(lines)).toHaveLength(11);
    expect(lines[ids[0] ?? '']?.slice(2, 5)).toEqual(['came-back', 'ACTIVE', '']);
    const { out } = await rig.type(['followup', 'run']);
    expect(out).toMatch(/came-back +2 +was skipped because of the status/);
    expect(out).toContain('okta-reset followup run --resend --only came-back');
  });

  test.each([[[]], [['--only', 'came-back']]])(
    '--resend %j is a run over exactly those',
    async (only) => {
      const again = await rig.type([
        'followup',
        'run',
        '--resend',
        ...only,
        '--out',
        'again',
        ...YES,
      ]);
      expect(again.code).toBe(0);
      expect(resetsOf(ids)).toEqual([1, 1, 0, ...Array.from({ length: 9 }, () => 1)]);
      expect((await followup('run')).counts).toMatchObject({ 'came-back': 0, waiting: 11 });
    },
  );

  test('and a user who has set a new password meanwhile is not one of them', async () => {
    await rig.type(['run', ...userFlags(ids.slice(0, 1)), '--out', 'other', ...YES]);
    // Okta's times have whole seconds.
    rig.clock.move(60_000);
    rig.org.finish(ids[0] ?? '');
    expect((await followup('run')).counts['came-back']).toBe(1);
  });
});

describe.each(['oie', 'classic'] as const)('links that a mail scanner opens (%s)', (engine) => {
  test('are a separate state, with the trace of the scanner and what helps', async () => {
    const ids = await open({ engine, mix: { scanned: 0.6 } });
    await rig.type(['run', ...userFlags(ids), '--out', 'run', ...YES]);
    for (const id of ids) rig.org.finish(id);
    const now = await followup('run');
    const eaten = now.counts['link-used'];
    expect(eaten).toBeGreaterThan(2);
    expect(now.counts).toMatchObject({ finished: 12 - eaten, waiting: 0 });
    expect(now).toMatchObject({
      linkUses: 'whole',
      scanner: { users: eaten, addresses: ['198.51.100.23'] },
    });
    rig.clock.move(2 * HOUR_MS);
    expect((await followup('run')).counts).toMatchObject({ 'link-used': eaten, 'link-dead': 0 });
    const { out } = await rig.type(['followup', 'run']);
    expect(out.replace(/\s+/g, ' ')).toContain(
      `A mail scanner opens the links: those of ${eaten} users`,
    );
    expect(out).toContain('--resend --only link-used --action temp-password');
    const rescue = ['--only', 'link-used', '--action', 'temp-password', '--secrets-plaintext'];
    const argv = ['followup', 'run', '--resend', ...rescue, '--out', 'rescue', ...YES];
    expect((await rig.type(argv)).code).toBe(0);
    expect(rig.org.stats().effects.tempPasswords).toMatchObject({ total: eaten, most: 1 });
  });
});
