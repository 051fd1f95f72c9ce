import { expect, test } from '@jest/globals';
import type { ActionSpec } from '../../../src/domain/plan/action.ts';
import { ModelOrg } from '../model-org.ts';
import { Disk, RESET, Invocation } from '../invocation.ts';
import type { InvocationOptions } from '../invocation.ts';
import { VirtualClock } from '../virtual-clock.ts';

const SPEC: ActionSpec = { ...RESET, action: 'temp-password', sendEmail: false };
const USERS = 40;

function orgOf(splitOnly: boolean): { readonly org: ModelOrg; readonly disk: Disk } {
  const org = new ModelOrg(new VirtualClock(), USERS);
  org.splitOnly = splitOnly;
  return { org, disk: new Disk() };
}

const options: InvocationOptions = { options: { spec: SPEC, concurrency: 10, ready: 5 } };

function called(org: ModelOrg): Record<string, number> {
  const calls: Record<string, number> = {};
  org.onArrival = ({ step }) => {
    calls[step] = (calls[step] ?? 0) + 1;
  };
  return calls;
}

const notes = (disk: Disk) =>
  disk.records.filter(
    (record) => record.kind === 'note' && record.note.kind === 'temp-password-split',
  );

function expectAllHold(org: ModelOrg, disk: Disk): void {
  const outcomes = disk.outcomes();
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array(USERS).fill('succeeded'));
  for (const { row } of outcomes) {
    const kept = disk.secrets.filter((record) => record.row === row);
    expect(kept.map(({ secret }) => secret.reveal())).toEqual([org.user(row).password]);
  }
}

test('an org that ignores the older call is asked by it once, not once for each user', async () => {
  const { org, disk } = orgOf(true);
  const calls = called(org);
  await new Invocation(org, disk, options).run();
  expect(calls).toEqual({ 'temp-password': 1, 'temp-password-split': USERS });
  expect(notes(disk)).toHaveLength(1);
  expectAllHold(org, disk);
});

test('an org that follows it is asked only by it', async () => {
  const { org, disk } = orgOf(false);
  const calls = called(org);
  await new Invocation(org, disk, options).run();
  expect(calls).toEqual({ 'temp-password': USERS });
  expect(notes(disk)).toEqual([]);
  expectAllHold(org, disk);
});

test('a resumed run learns it from the journal', async () => {
  const { org, disk } = orgOf(true);
  const calls = called(org);
  const killed = new Invocation(org, disk, options);
  org.onEffect = () => {
    if (disk.outcomes().length >= 12) killed.kill();
  };
  await killed.run();
  expect(disk.outcomes().length).toBeLessThan(USERS);
  org.onEffect = () => undefined;
  await new Invocation(org, disk, options).run();
  expect(calls['temp-password']).toBe(1);
  expect(notes(disk)).toHaveLength(1);
  expect(disk.outcomes().map(({ outcome }) => outcome)).toEqual(Array(USERS).fill('succeeded'));
});

test('a first answer that is lost delays nobody for longer than its own timeout', async () => {
  const { org, disk } = orgOf(true);
  org.faultOfWrite = (number) => (number === 1 ? { kind: 'lost', applied: false } : undefined);
  const calls = called(org);
  await new Invocation(org, disk, options).run();
  expect(calls['temp-password']).toBeLessThanOrEqual(USERS);
  expect(notes(disk)).toHaveLength(1);
  expectAllHold(org, disk);
});
