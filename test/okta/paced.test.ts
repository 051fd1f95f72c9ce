import { expect, test } from '@jest/globals';
import { announced } from '../../src/okta/announced.ts';
import { paced } from '../../src/okta/paced.ts';
import { createPaceBook } from '../../src/okta/pacing-book.ts';
import type { RateObservation } from '../../src/okta/pacing.ts';
import type { Exchange, Transport, WriteRequest } from '../../src/okta/http/transport.ts';
import { openGate } from './scripted-org.ts';

const never = new AbortController().signal;

const OK: Exchange = {
  call: { status: 200, requestId: undefined, serverTimeMs: undefined, durationMs: 1 },
  failure: undefined,
  body: '',
  sent: true,
  rate: undefined,
  headers: {},
};

/** A transport behind a gate that lets one write in at a time; `order` has what happened. */
function rig(isOpen: boolean) {
  const order: string[] = [];
  const gate = openGate();
  let admit: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (admit = resolve));
  const pacing = {
    ...gate.pacing,
    isOpen: () => isOpen,
    enter: async (bucket: string, signal: AbortSignal) => {
      order.push('at the gate');
      const stopped = new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
      await Promise.race([held, stopped]);
      return gate.pacing.enter(bucket, signal);
    },
  };
  const org: Transport = {
    send: () => {
      order.push('sent');
      return Promise.resolve(OK);
    },
  };
  const request: WriteRequest = {
    method: 'POST',
    path: '/x',
    route: '/x',
    bucket: 'w',
    auth: 'credential',
    headers: [],
    keep: 'nothing',
    beforeSend: () => {
      order.push('announced');
      return Promise.resolve();
    },
  };
  const transport = paced(announced(org), pacing);
  return {
    order,
    admit,
    gate,
    pacing,
    request,
    send: (signal: AbortSignal) => transport.send(request, signal),
  };
}

test('where only a connection is waited for, a write is announced before the gate, once', async () => {
  const { order, admit, send } = rig(true);
  const sending = send(never);
  admit();
  expect(await sending).toBe(OK);
  expect(order).toEqual(['announced', 'at the gate', 'sent']);
});

test('where a window is waited for, it is announced after the gate', async () => {
  const { order, admit, send } = rig(false);
  const sending = send(never);
  admit();
  expect(await sending).toBe(OK);
  expect(order).toEqual(['at the gate', 'announced', 'sent']);
});

test('a write that was announced and that an abort finds at the gate ends as a value, not sent', async () => {
  const { order, gate, send } = rig(true);
  const stop = new AbortController();
  const sending = send(stop.signal);
  await Promise.resolve();
  stop.abort(new Error('stop'));
  expect(await sending).toMatchObject({
    sent: false,
    failure: { code: 'ABORTED', effect: 'none' },
  });
  expect(order).toEqual(['announced', 'at the gate']);
  expect(gate.ended).toEqual([]);
});

test('a write that was announced and that an abort finds waiting for a token ends as a value, not sent', async () => {
  const { order, admit, pacing, request } = rig(true);
  admit();
  const stop = new AbortController();
  const waiting: Transport = {
    send: (_request, signal) =>
      new Promise((_resolve, reject) => {
        order.push('at the token');
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        stop.abort(new Error('stop'));
      }),
  };
  expect(await paced(waiting, pacing).send(request, stop.signal)).toMatchObject({
    sent: false,
    failure: { code: 'ABORTED', effect: 'none' },
  });
  expect(order).toEqual(['announced', 'at the gate', 'at the token']);
});

const FREE: RateObservation = {
  status: 200,
  limit: undefined,
  remaining: undefined,
  resetMs: undefined,
  serverDateMs: 1_700_000_000_000,
};

function book(perMinute?: number) {
  const made = createPaceBook(
    { ratePercent: 100, maxInFlight: 6, perMinute, writeBucket: 'w' },
    { random: () => 0.5, wallMs: () => 1_700_000_000_000 },
  );
  let nowMs = 0;
  const call = (observation: RateObservation) => {
    made.end(made.start('w', 1, nowMs, false), observation, true, (nowMs += 10));
  };
  return { call, isOpen: (waiting: number) => made.isOpen('w', waiting, nowMs) };
}

test('the gate is open once every connection is of use, and as far as the window reaches', () => {
  const { call, isOpen } = book();
  expect(isOpen(1)).toBe(false);
  for (let turn = 0; turn < 20; turn += 1) call(FREE);
  expect(isOpen(1)).toBe(true);
  const counted = { limit: 40, remaining: 12, resetMs: 1_700_000_050_000 };
  call({ ...FREE, ...counted });
  const open = Array.from({ length: 40 }, (_, index) => index + 1).filter(isOpen);
  expect(open.length).toBeGreaterThan(0);
  expect(open.length).toBeLessThanOrEqual(12);
  expect(open.at(-1)).toBe(open.length);
});

test('it is not after a 429, for the window or for concurrency, nor beyond our own pace', () => {
  const refused = book();
  for (let turn = 0; turn < 20; turn += 1) refused.call(FREE);
  refused.call({ ...FREE, status: 429, limit: 40, remaining: 0, resetMs: 1_700_000_050_000 });
  expect(refused.isOpen(1)).toBe(false);

  const crowded = book();
  for (let turn = 0; turn < 20; turn += 1) crowded.call(FREE);
  crowded.call({ ...FREE, status: 429, limit: 0, remaining: 0 });
  expect(crowded.isOpen(1)).toBe(false);

  const slow = book(60);
  for (let turn = 0; turn < 20; turn += 1) slow.call(FREE);
  expect(slow.isOpen(60)).toBe(false);
});
