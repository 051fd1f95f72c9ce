/** Who is let in: sessions by a clock that the test moves, and the gate by the headers of a request. */
import { describe, expect, test } from '@jest/globals';
import { BOUNDS } from '../../src/console/api/bounds.ts';
import { hostsOf, refuseForeign } from '../../src/console/server/gate.ts';
import { Sessions } from '../../src/console/server/session.ts';
import { HandClock } from './hand-clock.ts';

describe('sessions', () => {
  const open = (busyUntilMs: () => number | undefined = () => undefined) => {
    const clock = new HandClock();
    const sessions = new Sessions(clock, busyUntilMs);
    const enter = (cookie?: string) => sessions.open(sessions.newLink(), cookie);
    return { clock, sessions, enter };
  };

  test('open through the newest link, once; a browser that has one keeps it', () => {
    const { sessions, enter } = open();
    expect(sessions.open('', undefined)).toBeUndefined();
    const [old, link] = [sessions.newLink(), sessions.newLink()];
    expect(sessions.open(old, undefined)).toBeUndefined();
    const session = sessions.open(link, undefined);
    expect(session?.id).toMatch(/^[\w-]{43}$/);
    expect(sessions.open(link, undefined)).toBeUndefined();
    expect(enter(session?.id)).toBe(session);
    expect(enter('another')).not.toBe(session);
    expect(sessions.ofKey(session?.id, session?.key)).toBe(session);
    expect(sessions.ofKey(session?.id, session?.id)).toBeUndefined();
    expect(sessions.ofKey(session?.id, undefined)).toBeUndefined();
    expect(sessions.of(undefined)).toBeUndefined();
  });

  test('end after idle hours, counted from their last request and from the end of the last run', async () => {
    const run: { untilMs?: number | undefined } = {};
    const { clock, sessions, enter } = open(() => run.untilMs);
    const [used, idle] = [enter()?.id, enter()?.id];
    await clock.move(BOUNDS.idleMs);
    expect(sessions.of(used)).toBeDefined();
    await clock.move(10);
    expect([sessions.of(idle), sessions.of(used)?.id]).toEqual([undefined, used]);

    // A page that shows a run listens, and asks for nothing until the run has ended.
    await clock.move(9 * BOUNDS.idleMs);
    run.untilMs = clock.monotonicMs();
    await clock.move(10);
    expect(sessions.of(used)).toBeDefined();
    run.untilMs = clock.monotonicMs();
    await clock.move(BOUNDS.idleMs);
    expect(sessions.of(used)).toBeDefined();
    await clock.move(BOUNDS.idleMs + 10);
    expect(sessions.of(used)).toBeUndefined();
  });

  test('are eight at most: the one that was used longest ago ends', async () => {
    const { clock, sessions, enter } = open();
    const ids: (string | undefined)[] = [];
    for (let n = 0; n < BOUNDS.sessions; n += 1) {
      ids.push(enter()?.id);
      await clock.move(10);
    }
    expect(sessions.of(ids[0])).toBeDefined();
    await clock.move(10);
    ids.push(enter()?.id);
    expect(ids.map((id) => sessions.of(id) !== undefined)).toEqual([
      true,
      false,
      ...Array<boolean>(7).fill(true),
    ]);
  });
});

describe('who can ask, and how', () => {
  const own = { host: '127.0.0.1:4000' };
  const json = { ...own, 'content-type': 'application/json' };
  const ask = (method: string, target: string, headers: Record<string, string>) =>
    refuseForeign({ method, target, headers }, hostsOf(4000));
  const codeOf = (status: number) => (status === 403 ? 'FOREIGN_REQUEST' : 'BAD_REQUEST');

  test.each<[string, string, Record<string, string>, number | undefined]>([
    ['GET', '/', own, undefined],
    ['GET', '/', {}, 403],
    ['GET', '/api/state', { ...own, 'sec-fetch-site': 'same-origin' }, undefined],
    ['GET', '/api/state', { ...own, 'sec-fetch-site': 'none' }, 403],
    // A link is opened from anywhere.
    ['GET', '/open/x', { ...own, 'sec-fetch-site': 'cross-site' }, undefined],
    ['POST', '/api/x', json, undefined],
    ['POST', '/api/x', { ...own, 'content-type': 'Application/JSON; charset=UTF-8' }, undefined],
    ['POST', '/api/x', { ...own, 'content-type': 'application/json; charset=latin1' }, 415],
    ['POST', '/api/x', { ...own, 'content-type': 'text/plain' }, 415],
    ['POST', '/api/x', own, 415],
    ['POST', '/', json, 405],
    ['PUT', '/api/x', json, 405],
    ['HEAD', '/', own, 405],
    ['POST', '/api/x', { ...json, origin: 'http://127.0.0.1:4000' }, undefined],
    ['POST', '/api/x', { ...json, origin: 'http://localhost:4000' }, 403],
  ])('%s %s with %j: %s', (method, target, headers, status) => {
    const refusal = ask(method, target, headers);
    const refused = status === undefined ? undefined : { status, code: codeOf(status) };
    expect(refusal && { status: refusal.status, code: refusal.code }).toEqual(refused);
  });
});
