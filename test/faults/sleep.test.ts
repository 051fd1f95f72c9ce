import { afterEach, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import type { Clock } from '../../src/domain/clock.ts';
import { host } from '../../src/host.ts';
import { makeServiceAppKey } from '../../src/sandbox/oauth/oauth.ts';
import { expectCode } from '../integration/expect-code.ts';
import { openLaptop, type Laptop } from '../integration/laptop.ts';
import { startRelay } from '../integration/relay.ts';
import {
  closeStages,
  fastClock,
  isEligible,
  mailsByUser,
  outcomes,
  PLAIN,
  readCsv,
  stage,
  type Ran,
  type Stage,
} from '../integration/rig.ts';
import { spawnCommand } from '../integration/spawned.ts';

const closers: (() => Promise<void>)[] = [];

const { publicJwk, privateJwk } = await makeServiceAppKey();
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await closeStages();
});

const USERS = 24;
const HOUR_MS = 3_600_000;
const RUN = ['run', '--plan', 'run', '--yes', '--max-users', '100', '--timeout', '10s', '--json'];

/** An org behind a connection that can be cut, and a plan for everybody in it. */
async function prepare(options: Parameters<typeof stage>[0], laptop?: { readonly clock: Clock }) {
  const s = await stage({ users: USERS + 2, seed: 17, mix: PLAIN, clock: host.clock, ...options });
  const relay = await startRelay(s.org.url);
  closers.push(relay.close);
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  const env = { OKTA_CLIENT_ORGURL: relay.url };
  const plan = ['plan', '--file', csv, '--out', 'run', '-q'];
  expectCode(await s.run(plan, { env, ...laptop }), 0);
  return { s, relay, env };
}

/** Counts the rows that a `--json` run reports, and acts once this many have ended. */
function afterRows(wanted: number, act: () => void): (text: string) => void {
  let seen = '';
  let done = false;
  return (text) => {
    seen += text;
    if (done || seen.split('"type":"row"').length <= wanted) return;
    done = true;
    act();
  };
}

async function expectEachOnce(s: Stage, ran: Ran): Promise<void> {
  expectCode(ran, 0);
  const mails = mailsByUser(s.org);
  expect([mails.size, Math.max(...mails.values())]).toEqual([USERS, 1]);
  expect(outcomes(await readCsv(s.path('run', 'results.csv')))).toEqual({ succeeded: USERS });
}

describe('a laptop that sleeps in the middle of a run, and wakes with dead connections', () => {
  interface Slept {
    readonly ms: number;
    readonly clockOf: (laptop: Laptop) => Clock;
    readonly app?: { readonly dpop: boolean };
  }

  async function sleepThrough({ ms, clockOf, app }: Slept): Promise<void> {
    const laptop = openLaptop(10);
    const clock = clockOf(laptop);
    const { s, relay, env } = await prepare(
      {
        clock: laptop.world,
        latencyMs: 200,
        ...(app === undefined ? {} : { app: { keys: [publicJwk], ...app } }),
      },
      { clock },
    );
    const credentials = {
      OKTA_CLIENT_TOKEN: '',
      OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
      OKTA_CLIENT_CLIENTID: s.org.clientId ?? '',
      OKTA_CLIENT_SCOPES: 'okta.users.manage okta.users.read okta.roles.read',
      OKTA_CLIENT_PRIVATEKEY: JSON.stringify(privateJwk),
    };
    let cut = 0;
    const ran = await s.run(RUN, {
      env: app === undefined ? env : { ...env, ...credentials },
      clock,
      onStdout: afterRows(8, () => {
        cut = relay.cut();
        laptop.sleep(ms);
      }),
    });
    await expectEachOnce(s, ran);
    expect(cut).toBeGreaterThan(0);
    expect(s.clock.monotonicMs()).toBeGreaterThan(ms);
  }

  const counting = (laptop: Laptop) => laptop.world;
  const standing = (laptop: Laptop) => laptop.standing;

  test('for an hour that both its clocks count', () =>
    sleepThrough({ ms: HOUR_MS, clockOf: counting }));

  test('for an hour that its monotonic clock does not count', () =>
    sleepThrough({ ms: HOUR_MS, clockOf: standing }));

  test.each([
    ['both clocks count', true, counting],
    ['both clocks count', false, counting],
    ['the monotonic clock does not count', true, standing],
    ['the monotonic clock does not count', false, standing],
  ] as const)('while its access token expires: an hour that %s, DPoP %j', (_, dpop, clockOf) =>
    sleepThrough({ ms: HOUR_MS, clockOf, app: { dpop } }),
  );

  test('for ten minutes that its monotonic clock does not count: proofs of possession get a new date', () =>
    sleepThrough({ ms: 600_000, clockOf: standing, app: { dpop: true } }));

  test('while it waits for a rate-limit window: the wait is over when it wakes', async () => {
    const laptop = openLaptop(1);
    const { s, relay, env } = await prepare(
      {
        clock: laptop.world,
        limits: { users: 20 },
        windowMs: 1_800_000,
        windowStart: 'first-call',
      },
      { clock: laptop.world },
    );
    let pauses = 0;
    const ran = await s.run(RUN, {
      env,
      clock: laptop.world,
      onStdout: (text) => {
        if (!text.includes('"type":"pause"')) return;
        pauses += 1;
        relay.cut();
        laptop.sleep(HOUR_MS);
      },
    });
    await expectEachOnce(s, ran);
    expect(pauses).toBeGreaterThan(0);
  });
});

const STATE = (pid: number) => `/proc/${pid}/stat`;

/** Resolves once the process is stopped. If the system does not show that, resolves at once. */
async function stopped(pid: number): Promise<void> {
  if (!existsSync(STATE(pid))) return;
  while (!/\) T /.test(readFileSync(STATE(pid), 'latin1')))
    await new Promise((resolve) => setImmediate(resolve));
}

test('a process that is stopped, loses its connections, and continues: each user once', async () => {
  const clock = fastClock(40);
  const { s, relay, env } = await prepare({ latencyMs: 800, clock }, { clock });
  let cut = 0;
  let resumed: Promise<void> | undefined;
  const { child, ended } = spawnCommand(s, RUN, {
    env,
    clock,
    onStdout: afterRows(8, () => {
      child.kill('SIGSTOP');
      resumed = stopped(child.pid!).then(() => {
        cut = relay.cut();
        child.kill('SIGCONT');
      });
    }),
  });
  const ran = await ended;
  await resumed;
  expect(cut).toBeGreaterThan(0);
  await expectEachOnce(s, ran);
}, 60_000);
