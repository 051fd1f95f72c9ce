import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, json, never, startOrg, stepCall } from './scripted-org.ts';
import { readOnly } from '../../src/okta/layers/read-only.ts';
import type { ReadRequest, ReadTransport } from '../../src/okta/http/transport.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function org(stall = false) {
  const server = await startOrg((_q, r) => {
    if (!stall) json(r, 200, {});
  });
  const connection = connect(server.origin, { connections: 1 });
  closers.push(server.close, connection.close);
  return { server, ...connection };
}

test('a write is announced after the gate and before the first byte', async () => {
  const { server, writer, gate } = await org();
  const order: unknown[] = [];
  const answer = await writer.write(
    stepCall({
      beforeSend: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        order.push(['announced', gate.entered.length, server.seen.length]);
      },
    }),
    never,
  );
  expect(answer.kind).toBe('ok');
  expect(order).toEqual([['announced', 1, 0]]);
  expect(server.seen).toHaveLength(1);
});

test('an announcement that fails sends nothing and gives back the place', async () => {
  const { server, writer, gate } = await org();
  const full = new Error('disk full');
  const write = writer.write(stepCall({ beforeSend: () => Promise.reject(full) }), never);
  await expect(write).rejects.toBe(full);
  expect(server.seen).toHaveLength(0);
  expect(gate.ended).toEqual([{ bucket: '/api/v1/users', observation: undefined, sent: false }]);
});

test('after an abort nothing is sent: before the gate it rejects, after the announcement it is a value', async () => {
  const { server, writer, gate } = await org();
  const early = new AbortController();
  early.abort(new Error('stop'));
  await expect(writer.write(stepCall(), early.signal)).rejects.toThrow('stop');

  const late = new AbortController();
  const call = stepCall({
    beforeSend: () => {
      late.abort(new Error('stop'));
      return Promise.resolve();
    },
  });
  const answer = await writer.write(call, late.signal);
  expect(answer).toMatchObject({ failure: { code: 'ABORTED', effect: 'none' } });
  expect(server.seen).toHaveLength(0);
  expect(gate.ended).toMatchObject([{ sent: false }]);
});

test('a write that has left is not interrupted, so that its end is known', async () => {
  const server = await startOrg(() => undefined);
  const connection = connect(server.origin);
  closers.push(server.close, connection.close);
  const stop = new AbortController();
  const write = connection.writer.write(stepCall(), stop.signal);
  const [, response] = (await once(server.server, 'request')) as [unknown, ServerResponse];
  stop.abort(new Error('stop'));
  json(response, 200, {});
  expect(await write).toMatchObject({ kind: 'ok', value: { kind: 'done' } });
});

test('a write delayed behind another is not sent after an abort', async () => {
  const server = await startOrg(() => undefined);
  const connection = connect(server.origin, { connections: 1 });
  closers.push(server.close, connection.close);
  const stop = new AbortController();
  const first = connection.writer.write(stepCall({ step: 'temp-password-split' }), stop.signal);
  const [, response] = (await once(server.server, 'request')) as [unknown, ServerResponse];
  const second = connection.writer.write(stepCall(), stop.signal);
  await new Promise((resolve) => setImmediate(resolve));
  stop.abort(new Error('stop'));
  json(response, 200, { tempPassword: 'x' });
  expect(await first).toMatchObject({ kind: 'ok' });
  expect(await second).toMatchObject({ failure: { code: 'ABORTED', effect: 'none' } });
  expect(server.seen).toHaveLength(1);
});

test('a read-only transport refuses a write that got past the type', () => {
  const inner: ReadTransport = { send: () => Promise.reject(new Error('sent')) };
  const request = { method: 'POST', path: '/', route: '/' } as unknown as ReadRequest;
  expect(() => readOnly(inner).send(request, never)).toThrow(
    /read-only transport was given a POST/,
  );
});

test('the log gets the allowed fields of each sending and nothing else', async () => {
  const { writer, log } = await org();
  await writer.write(stepCall(), never);
  expect(log).toEqual([
    {
      event: 'call',
      method: 'POST',
      route: '/api/v1/users/{id}/lifecycle/reset_password',
      bucket: '/api/v1/users',
      status: 200,
      code: undefined,
      effect: undefined,
      requestId: 'req-1',
      durationMs: expect.any(Number),
      rateLimit: undefined,
      rateRemaining: undefined,
    },
  ]);
});
