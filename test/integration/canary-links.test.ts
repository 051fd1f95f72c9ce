import { afterAll, describe, expect, test } from '@jest/globals';
import type { Clock } from '../../src/domain/clock.ts';
import { host } from '../../src/host.ts';
import { makeServiceAppKey } from '../../src/sandbox/oauth/oauth.ts';
import { expectCode } from './expect-code.ts';
import { closeStages, isEligible, mailsByUser, PLAIN, stage, type Ran, type Stage } from './rig.ts';
import { skippingClock } from '../skipping-clock.ts';

afterAll(closeStages);

const MINUTE_MS = 60_000;
const RUN = ['run', '--out', 'run', '--canary', '5', '--yes', '--max-users', '50', '--json'];

/** A clock that records the waits of a minute or more. */
function watched(clock: Clock): { readonly clock: Clock; readonly waits: number[] } {
  const waits: number[] = [];
  const sleep: Clock['sleep'] = (ms, signal) => {
    if (ms >= MINUTE_MS) waits.push(ms);
    return clock.sleep(ms, signal);
  };
  return { clock: { ...clock, sleep }, waits };
}

async function org(options: Parameters<typeof stage>[0] = {}) {
  const { clock, waits } = watched(options.clock ?? skippingClock());
  const s = await stage({ users: 22, mix: PLAIN, ...options, clock });
  const csv = await s.ids([...s.org.users()].filter(isEligible));
  const all = [...s.org.users()].filter(isEligible).length;
  return { s, all, waits, argv: [...RUN, '--file', csv] };
}

interface Line {
  readonly type: string;
  readonly level?: string;
  readonly text?: string;
  readonly phase?: string;
  readonly cause?: string;
  readonly stop?: { readonly kind: string; readonly detail?: string };
}

const eventsOf = ({ stdout }: Ran): readonly Line[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const phasesOf = (ran: Ran) =>
  eventsOf(ran).flatMap(({ type, phase }) => (type === 'canary' ? [phase] : []));
const saidOf = (ran: Ran, what: RegExp) =>
  eventsOf(ran).filter(({ type, text }) => type === 'message' && what.test(text ?? ''));
const mailed = (s: Stage) => mailsByUser(s.org).size;

describe.each(['oie', 'classic'] as const)('a canary whose email is scanned (%s)', (engine) => {
  test('stops the run after it, and nobody else is acted on', async () => {
    const { s, argv, waits } = await org({ engine, mix: { ...PLAIN, scanned: 1 } });
    const ran = await s.run(argv);
    expectCode(ran, 5);
    expect(mailed(s)).toBe(5);
    expect(phasesOf(ran)).toEqual(['started', 'failed']);
    expect(waits).toEqual([2 * MINUTE_MS]);
    expect(saidOf(ran, /waits 2 min .*--canary-wait 0/)).toMatchObject([{ level: 'info' }]);
    expect(eventsOf(ran).filter(({ cause }) => cause === 'canary')).toMatchObject([
      { type: 'pause', waitMs: 2 * MINUTE_MS },
    ]);
    const stop = eventsOf(ran).find(({ type }) => type === 'stopping')?.stop;
    expect(stop).toMatchObject({ kind: 'canary' });
    expect(stop?.detail).toContain('no password was set: 5 of 5 (from 198.51.100.23)');
    expect(stop?.detail).toContain('give temporary passwords');
    const { stdout } = await s.run(['report', 'run']);
    const next = stdout.slice(stdout.indexOf('Next'));
    expect(next.indexOf('followup run')).toBeGreaterThan(0);
    expect(next.indexOf('followup run')).toBeLessThan(next.indexOf('resume run'));
  });
});

test('one scanned mailbox among the canary users is enough', async () => {
  const { s, argv } = await org({ users: 40, mix: { ...PLAIN, scanned: 0.2 }, seed: 3 });
  const wide = argv.map((word) => (word === '5' ? '8' : word));
  const ran = await s.run(wide);
  expectCode(ran, 5);
  expect(mailed(s)).toBe(8);
  const stop = eventsOf(ran).find(({ type }) => type === 'stopping')?.stop;
  expect(stop?.detail).toMatch(/was set: [1-4] of 8/);
});

describe('a canary whose email is not scanned', () => {
  test('waits, is verified, and a resume does not wait again', async () => {
    const { s, argv, all, waits } = await org();
    const running = s.start([...argv, '--concurrency', '1', '--canary-wait', '5m'], {
      onStdout: (text) => {
        if (text.includes('"verified"')) running.signal('SIGINT');
      },
    });
    const first = await running.ended;
    expectCode(first, 130);
    expect(phasesOf(first)).toEqual(['started', 'verified']);
    const second = await s.run(['resume', 'run', '--json']);
    expectCode(second, 0);
    expect(phasesOf(second)).toEqual([]);
    expect(waits).toEqual([5 * MINUTE_MS]);
    expect(mailed(s)).toBe(all);
  });

  test('stops in an orderly way on Ctrl-C during the wait', async () => {
    const { s, argv, all, waits } = await org({ clock: host.clock });
    const running = s.start(argv, {
      onStdout: (text) => {
        if (/The canary took effect/.test(text)) running.signal('SIGINT');
      },
    });
    const ran = await running.ended;
    expectCode(ran, 130);
    expect([waits, phasesOf(ran), mailed(s)]).toEqual([[2 * MINUTE_MS], ['started'], 5]);
    const rest = await s.run(['resume', 'run', '--canary-wait', '0', '--json']);
    expectCode(rest, 0);
    expect(phasesOf(rest)).toEqual(['started', 'verified']);
    const mails = mailsByUser(s.org);
    expect([mails.size, Math.max(...mails.values())]).toEqual([all, 1]);
  });

  test('continues at once if the System Log cannot be read, and says so once', async () => {
    const { publicJwk, privateJwk } = await makeServiceAppKey();
    const { s, argv, all, waits } = await org({
      app: { keys: [publicJwk] },
      mix: { ...PLAIN, scanned: 1 },
    });
    const ran = await s.run(argv, {
      env: {
        OKTA_CLIENT_TOKEN: '',
        OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
        OKTA_CLIENT_CLIENTID: s.org.clientId ?? '',
        OKTA_CLIENT_SCOPES: 'okta.users.manage okta.users.read okta.roles.read',
        OKTA_CLIENT_PRIVATEKEY: JSON.stringify(privateJwk),
      },
    });
    expectCode(ran, 0);
    expect([waits, mailed(s)]).toEqual([[], all]);
    expect(saidOf(ran, /okta\.logs\.read/)).toMatchObject([{ level: 'warning' }]);
  });

  test.each([
    ['with --canary-wait 0', ['--canary-wait', '0']],
    ['where links are not mailed', ['--no-send-email', '--secrets-plaintext']],
    ['where nobody comes after it', ['--canary', '50']],
  ])('does not wait %s', async (_where, flags) => {
    const { s, argv, all, waits } = await org({ mix: { ...PLAIN, scanned: 1 } });
    const at = argv.indexOf('--canary');
    const words = flags[0] === '--canary' ? argv.toSpliced(at, 2, ...flags) : [...argv, ...flags];
    const ran = await s.run(words);
    expectCode(ran, 0);
    expect([waits, phasesOf(ran)]).toEqual([[], ['started', 'verified']]);
    expect(s.org.stats().effects.resets).toMatchObject({ users: all });
  });
});
