/** One run in both faces, in one chain: begun in the page, killed, resumed in the terminal, rerun in the page. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { Gate } from '../browser/gate.ts';
import { fastClock, isEligible } from '../integration/rig.ts';
import { Client } from './client.ts';
import { startConsole } from './console-process.ts';
import { openRig } from './rig.ts';
import { typeIn } from './terminal.ts';

const clock = fastClock(20);
const gate = new Gate();
let org: Sandbox;

beforeAll(async () => {
  const options = { users: 100, limits: 'off', latencyMs: 40 } as const;
  org = await startSandbox(options, { clock: gate.clock(clock) });
});
afterAll(() => {
  gate.open();
  return org.close();
});

test('nobody is acted on twice, as the org counts', async () => {
  const ids = [...org.users()]
    .filter(isEligible)
    .slice(0, 30)
    .map(({ id }) => id);
  const resets = () => ids.map((id) => org.effects(id)?.resets ?? 0);
  const killed = await startConsole(org, clock);
  const before = new Client(killed.speaker);
  const flags = { user: ids, concurrency: ['4'], 'max-failures': ['100%'] };
  const run = await before.plan({ ...flags, action: ['reset-password'] });
  gate.letThrough(40);
  await before.execute(run);
  await before.until(run, ({ counts }) => counts.succeeded > 5);
  await killed.kill();
  gate.open();
  const done = resets().filter((n) => n > 0).length;
  expect(done).toBeGreaterThan(5);
  expect(done).toBeLessThan(30);

  // In the terminal three of the rest fail.
  const lost = ids.filter((_, at) => resets()[at] === 0).slice(-3);
  for (const id of lost) org.putOutOfReach(id);
  const rig = await openRig({ dir: killed.dir, clock });
  try {
    const resume = ['resume', `reports/${run}`, '--max-failures', '100%'];
    expect((await typeIn(rig, org, resume))[0]).toBe(4);
    for (const id of lost) org.putInReach(id);
    expect(resets()).toEqual(ids.map((id) => (lost.includes(id) ? 0 : 1)));

    const after = new Client(await rig.page());
    await after.connect({ kind: 'token', url: org.url, token: org.token });
    const again = await after.planned(await after.page.post(`/api/runs/${run}/rerun`));
    expect((await after.detail(again)).targets).toBe(3);
    await after.execute(again);
    expect(await after.ended(again)).toMatchObject({
      phase: 'ended',
      end: { left: 0, exitCode: 0 },
    });
    expect(resets()).toEqual(ids.map(() => 1));
  } finally {
    await rig.close();
  }
}, 60_000);
