import { expect, test } from '@jest/globals';
import type { Exchange, Transport, WriteRequest } from '../../src/okta/http/transport.ts';
import { paced } from '../../src/okta/layers/paced.ts';
import { recorded } from '../../src/okta/layers/recorded.ts';
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
      order.push('recorded');
      return Promise.resolve();
    },
  };
  const transport = paced(recorded(org), pacing);
  return {
    order,
    admit,
    gate,
    pacing,
    request,
    send: (signal: AbortSignal) => transport.send(request, signal),
  };
}

test('if only a connection is waited for, a write is recorded before the gate, once', async () => {
  const { order, admit, send } = rig(true);
  const sending = send(never);
  admit();
  expect(await sending).toBe(OK);
  expect(order).toEqual(['recorded', 'at the gate', 'sent']);
});

test('if a window is waited for, it is recorded after the gate', async () => {
  const { order, admit, send } = rig(false);
  const sending = send(never);
  admit();
  expect(await sending).toBe(OK);
  expect(order).toEqual(['at the gate', 'recorded', 'sent']);
});

test('a write that was recorded and that an abort finds at the gate ends as a value, not sent', async () => {
  const { order, gate, send } = rig(true);
  const stop = new AbortController();
  const sending = send(stop.signal);
  await Promise.resolve();
  stop.abort(new Error('stop'));
  expect(await sending).toMatchObject({
    sent: false,
    failure: { code: 'ABORTED', effect: 'none' },
  });
  expect(order).toEqual(['recorded', 'at the gate']);
  expect(gate.ended).toEqual([]);
});

test('a write that was recorded and that an abort finds waiting for a token ends as a value, not sent', async () => {
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
  expect(order).toEqual(['recorded', 'at the gate', 'at the token']);
});
