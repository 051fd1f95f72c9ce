/** Each action against each kind of fault: how often the call took effect, and how the row ended. */
import { expect, test } from '@jest/globals';
import { bareAction } from '../../src/config/action.ts';
import { ACTION_NAMES, type Action, mainStepOf } from '../../src/domain/plan/action.ts';
import { Disk, Invocation } from './invocation.ts';
import { idOf, ModelOrg, type Fault } from './model-org.ts';
import { VirtualClock } from './virtual-clock.ts';

const USERS = 6;

/** What it needs of a user, where that is not ACTIVE. */
const STATUS: Readonly<Partial<Record<Action, string>>> = {
  unsuspend: 'SUSPENDED',
  unlock: 'LOCKED_OUT',
  reactivate: 'PROVISIONED',
};

const NOT_SENT: readonly (readonly [string, Fault])[] = [
  ['a refused connection', { kind: 'refused' }],
  ['a window 429', { kind: 'throttled', by: 'window' }],
  ['a concurrency 429', { kind: 'throttled', by: 'concurrency' }],
  ['read-only mode', { kind: 'answer', status: 503, code: 'E0000010', effect: 'none' }],
];
const BEFORE: readonly (readonly [string, Fault])[] = [
  ['no answer, and no effect', { kind: 'lost', applied: false }],
  ['a proxy’s 502, and no effect', { kind: 'answer', status: 502 }],
  ['a 500, and no effect', { kind: 'answer', status: 500, code: 'E0000009' }],
];
const AFTER: readonly (readonly [string, Fault])[] = [
  ['no answer after the effect', { kind: 'lost', applied: true }],
  ['an answer cut off', { kind: 'cut-body' }],
  ['an effect two seconds after its answer was lost', { kind: 'late', afterMs: 2000 }],
  ['a proxy’s 502 after the effect', { kind: 'answer', status: 502, applied: true }],
  ['a 500 after the effect', { kind: 'answer', status: 500, code: 'E0000009', applied: true }],
];

/** What only the System Log shows is never sent again by itself; what can be repeated, or brings a secret, is. */
const REPEATED: ReadonlySet<Action> = new Set(['end-sessions', 'revoke-tokens', 'temp-password']);
const LOG_ONLY: ReadonlySet<Action> = new Set(['reactivate']);

function runOf(action: Action, fault: Fault, isMet: (write: number) => boolean) {
  const org = new ModelOrg(new VirtualClock(), USERS);
  for (const user of org.users.values()) user.status = STATUS[action] ?? 'ACTIVE';
  const spec = { ...bareAction(action), sendEmail: action !== 'temp-password' };
  org.faultOfWrite = (write) => (isMet(write) ? fault : undefined);
  const disk = new Disk();
  const options = { spec, maxFailures: { kind: 'percent', percent: 100 } } as const;
  const invoke = () => new Invocation(org, disk, { options }).run();
  const effects = () =>
    Array.from({ length: USERS }, (_, at) => org.effectsOf(at + 1, mainStepOf(spec)));
  return { org, disk, invoke, effects };
}

const once = Array<number>(USERS).fill(1);
const everyThird = (write: number) => write % 3 === 0;
const sum = (numbers: readonly number[]) => numbers.reduce((all, n) => all + n, 0);

const each = (faults: typeof AFTER) =>
  ACTION_NAMES.flatMap((action) => faults.map(([name, fault]) => [action, name, fault] as const));

test.each(each(NOT_SENT))('%s, %s: sent again, and done once', async (action, _, fault) => {
  const { disk, invoke, effects } = runOf(action, fault, everyThird);
  expect((await invoke())?.counts).toMatchObject({ succeeded: USERS, failed: 0, unknown: 0 });
  expect(effects()).toEqual(once);
  expect(disk.fold(USERS).blindResends).toBe(0);
});

test.each(each(BEFORE))('%s, %s: done once, or reported as unknown', async (action, _, fault) => {
  const { disk, invoke, effects } = runOf(action, fault, everyThird);
  const end = await invoke();
  const lost = LOG_ONLY.has(action) ? USERS / 3 : 0;
  expect(end?.counts).toMatchObject({ succeeded: USERS - lost, failed: 0, unknown: lost });
  expect(sum(effects())).toBe(USERS - lost);
  expect(Math.max(...effects())).toBe(1);
  expect(disk.fold(USERS).blindResends).toBe(0);
});

test.each(each(AFTER))('%s, %s: no user is lost or acted on twice', async (action, _, fault) => {
  const { org, disk, invoke, effects } = runOf(action, fault, (write) => write === 2);
  expect((await invoke())?.counts).toMatchObject({ succeeded: USERS, failed: 0, unknown: 0 });
  expect(Math.min(...effects())).toBe(1);
  expect(sum(effects())).toBeLessThanOrEqual(USERS + (REPEATED.has(action) ? 1 : 0));
  expect(disk.fold(USERS).blindResends).toBe(0);
  if (action !== 'temp-password') return;
  for (let user = 1; user <= USERS; user += 1) {
    const kept = disk.secrets.filter(({ userId }) => userId === idOf(user)).at(-1);
    expect(kept?.secret.reveal()).toBe(org.user(user).password);
  }
});

test.each(ACTION_NAMES)(
  '%s, a 401: it stops, and the next invocation does the rest once',
  async (action) => {
    let isRefused = true;
    const fault: Fault = { kind: 'answer', status: 401, code: 'E0000011', effect: 'none' };
    const { invoke, effects, disk } = runOf(action, fault, (write) => isRefused && write > 2);
    const end = await invoke();
    expect(end?.stop?.kind).toBe('credentials');
    expect(sum(effects())).toBe(2);
    isRefused = false;
    await invoke();
    expect(disk.fold(USERS).counts).toMatchObject({ succeeded: USERS, unknown: 0 });
    expect(effects()).toEqual(once);
  },
);
