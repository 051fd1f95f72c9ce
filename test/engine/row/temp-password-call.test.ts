import { describe, expect, test } from '@jest/globals';
import type { ActionSpec } from '../../../src/domain/plan/action.ts';
import type { Step } from '../../../src/domain/plan/step.ts';
import { TempPasswordCall } from '../../../src/engine/row/temp-password-call.ts';
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

describe('who asks', () => {
  /** A call under way, and how to answer it. */
  function sent(call: TempPasswordCall, step: Step = 'temp-password') {
    let answer: (text: string) => void = () => undefined;
    const answered = new Promise<string>((resolve) => (answer = resolve));
    return { done: call.send(step, () => answered), answer };
  }

  test('is the first row: the others wait for its answer, and after that nobody waits', async () => {
    const call = new TempPasswordCall(false);
    expect(call.pending('temp-password')).toBeUndefined();
    const first = sent(call);
    const waiting = call.pending('temp-password');
    expect(waiting).toBeInstanceOf(Promise);
    expect(call.pending('reset-password')).toBeUndefined();
    first.answer('yes');
    expect(await first.done).toBe('yes');
    await waiting;
    expect(call.pending('temp-password')).toBeUndefined();
    const second = sent(call);
    expect(call.pending('temp-password')).toBeUndefined();
    second.answer('again');
    expect(await second.done).toBe('again');
  });

  test('is nobody with another step, nor in a run that knows the answer', async () => {
    for (const [isKnown, step] of [
      [false, 'reset-password'],
      [false, 'temp-password-split'],
      [true, 'temp-password'],
    ] as const) {
      const call = new TempPasswordCall(isKnown);
      const one = sent(call, step);
      expect(call.pending('temp-password')).toBeUndefined();
      one.answer('done');
      expect(await one.done).toBe('done');
    }
  });

  test('is the next row if the first one sent nothing, or its call failed; all are let go', async () => {
    const call = new TempPasswordCall(false);
    await expect(
      call.send('temp-password', () => Promise.reject(new Error('too old'))),
    ).rejects.toThrow();
    expect(call.pending('temp-password')).toBeUndefined();
    const second = sent(call);
    expect(call.pending('temp-password')).toBeUndefined();
    second.answer('');
    await second.done;
    call.unanswered();
    const third = sent(call);
    expect(call.pending('temp-password')).toBeInstanceOf(Promise);
    third.answer('');
    await third.done;
    const known = new TempPasswordCall(true);
    known.unanswered();
    const one = sent(known);
    expect(known.pending('temp-password')).toBeUndefined();
    one.answer('');
    await one.done;
  });

  test('learns from an answer that changes the steps, once', () => {
    const [older, split] = [
      ['temp-password', 'revoke-sessions'],
      ['temp-password-split', 'revoke-sessions'],
    ] as const;
    const call = new TempPasswordCall(false);
    expect(call.stepsOf(older)).toEqual(older);
    expect(call.learn(older, older)).toBe(false);
    expect(call.learn(split, split)).toBe(false);
    expect(call.learn(older, [])).toBe(false);
    expect(call.stepsOf(older)).toEqual(older);
    expect(call.learn(older, split)).toBe(true);
    expect(call.learn(older, split)).toBe(false);
    expect(call.stepsOf(older)).toEqual(split);
    expect(call.stepsOf(['reset-password'])).toEqual(['reset-password']);
    expect(new TempPasswordCall(true).stepsOf(older)).toEqual(split);
  });
});
