import { afterEach, describe, expect, test } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import {
  clock,
  connect,
  json,
  never,
  oktaError,
  startOrg,
  stepCall,
  TOKEN,
  USER,
  userJson,
} from './scripted-org.ts';
import type { Script } from './scripted-org.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function scripted(script: Script, options = {}) {
  const org = await startOrg(script);
  const connection = connect(org.origin, options);
  closers.push(org.close, connection.close);
  return { org, ...connection };
}

/** How a write on a scripted org ends, and how often the org was called. */
async function writeOn(script: Script, call = stepCall()) {
  const { org, writer, gate } = await scripted(script);
  const answer = await writer.write(call, never);
  return { answer, seen: org.seen.length, ended: gate.ended };
}

/** Each byte comes well before the timeout, and the last one never does. */
async function drip(response: ServerResponse): Promise<void> {
  while (!response.closed) {
    response.write(' ');
    await clock.sleep(300);
  }
}

const split = stepCall({ step: 'temp-password-split' });

describe('a write that hits a fault is sent once and says what is known about its effect', () => {
  const faults: Record<string, [Script, Record<string, unknown>]> = {
    'connection cut before the answer': [
      (_q, r) => r.destroy(),
      { kind: 'transport', code: 'UND_ERR_SOCKET', effect: 'possible', status: undefined },
    ],
    'no answer at all': [
      () => undefined,
      { kind: 'transport', code: 'TIMEOUT', effect: 'possible' },
    ],
    'body cut after 200': [
      (_q, r) => {
        r.writeHead(200, { 'content-length': '100', 'x-okta-request-id': 'abc' });
        r.write('{"tempPass', () => r.destroy());
      },
      { kind: 'transport', effect: 'certain', status: 200, requestId: 'abc' },
    ],
    'body stalls after 200': [
      (_q, r) => {
        r.writeHead(200, { 'content-length': '100' });
        r.write('{"tempPass');
      },
      { kind: 'transport', code: 'TIMEOUT', effect: 'certain', status: 200 },
    ],
    'slow drip': [
      (_q, r) => {
        r.writeHead(200);
        void drip(r);
      },
      { kind: 'transport', code: 'TIMEOUT', effect: 'certain', status: 200 },
    ],
    'oversized body': [
      (_q, r) => {
        r.writeHead(200);
        r.end('x'.repeat(2_000_000));
      },
      { kind: 'transport', code: 'BODY_TOO_LARGE', effect: 'certain', status: 200 },
    ],
    'oversized error page': [
      (_q, r) => {
        r.writeHead(500);
        r.end('x'.repeat(3_000_000));
      },
      { kind: 'okta', status: 500, effect: 'possible' },
    ],
    'HTML 502': [
      (_q, r) => {
        r.writeHead(502, { 'content-type': 'text/html' });
        r.end('<html>Bad gateway</html>');
      },
      { kind: 'okta', status: 502, oktaCode: undefined, effect: 'possible' },
    ],
    'HTML 403 of a proxy': [
      (_q, r) => {
        r.writeHead(403, { 'content-type': 'text/html' });
        r.end('<html>Blocked</html>');
      },
      { kind: 'okta', status: 403, oktaCode: undefined, effect: 'possible' },
    ],
    'internal error': [
      (_q, r) => oktaError(r, 500, 'E0000009'),
      { kind: 'okta', effect: 'possible' },
    ],
    'read-only mode': [(_q, r) => oktaError(r, 503, 'E0000010'), { kind: 'okta', effect: 'none' }],
    'no permission': [
      (_q, r) => oktaError(r, 403, 'E0000006'),
      { kind: 'okta', oktaCode: 'E0000006', effect: 'none', requestId: 'req-1' },
    ],
    'insufficient scope': [
      (_q, r) => {
        r.writeHead(403, { 'www-authenticate': 'Bearer error="insufficient_scope", scope="x"' });
        r.end();
      },
      { insufficientScope: true, oktaCode: 'insufficient_scope' },
    ],
    'refusal cut short': [
      (_q, r) => {
        r.writeHead(403, { 'content-length': '100', 'x-okta-request-id': 'abc' });
        r.write('{"errorCo', () => r.destroy());
      },
      { kind: 'okta', status: 403, effect: 'none' },
    ],
    redirect: [
      (_q, r) => {
        r.writeHead(302, { location: 'https://evil.example/steal?x=1' });
        r.end();
      },
      {
        kind: 'okta',
        status: 302,
        effect: 'possible',
        message: 'HTTP 302 redirect to evil.example, not followed',
      },
    ],
    'window 429': [
      (_q, r) =>
        oktaError(r, 429, 'E0000047', {
          'x-rate-limit-limit': '50',
          'x-rate-limit-remaining': '0',
        }),
      { status: 429, throttle: { kind: 'window' }, effect: 'none' },
    ],
    'concurrency 429': [
      (_q, r) =>
        oktaError(r, 429, 'E0000047', { 'x-rate-limit-limit': '0', 'x-rate-limit-remaining': '0' }),
      { status: 429, throttle: { kind: 'concurrency' }, effect: 'none' },
    ],
    'recipient 429': [
      (_q, r) =>
        oktaError(r, 429, 'E0000118', {
          'x-rate-limit-limit': '50',
          'x-rate-limit-remaining': '9',
        }),
      { status: 429, throttle: { kind: 'recipient', waitMs: 6000 }, effect: 'none' },
    ],
    'a 200 without the password': [
      (_q, r) => json(r, 200, {}),
      { kind: 'answer', effect: 'certain' },
    ],
    'a 200 that is a web page': [
      (_q, r) => {
        r.writeHead(200);
        r.end('<html>Sign in to the hotel</html>');
      },
      { kind: 'okta', status: 200, oktaCode: undefined, effect: 'possible' },
    ],
    ...Object.fromEntries(
      [401, 404, 407, 411, 413, 421, 429, 451].map((status) => [
        `a ${status} page of a proxy`,
        [
          (_q, r) => {
            r.writeHead(status, { 'content-type': 'text/html' });
            r.end('<html>Go away</html>');
          },
          { kind: 'okta', status, oktaCode: undefined, effect: 'possible' },
        ] satisfies [Script, Record<string, unknown>],
      ]),
    ),
  };
  test.each(Object.entries(faults))('%s', async (_name, [script, expected]) => {
    const { answer, seen } = await writeOn(script, split);
    expect(answer).toMatchObject({ kind: 'failed', failure: expected });
    expect(seen).toBe(1);
  });

  test('garbage instead of HTTP', async () => {
    const server = createServer((socket: Socket) =>
      socket.once('data', () => socket.end('\u0000garbage\r\n\r\n')),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => server.close());
    const connection = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    closers.push(connection.close);
    const answer = await connection.writer.write(split, never);
    expect(answer).toMatchObject({
      failure: { kind: 'transport', code: 'PARSER', effect: 'possible' },
    });
  });

  test('nobody listens', async () => {
    const org = await startOrg(() => undefined);
    org.close();
    await once(org.server, 'close');
    const connection = connect(org.origin);
    closers.push(connection.close);
    const answer = await connection.writer.write(split, never);
    expect(answer).toMatchObject({
      failure: { kind: 'transport', code: 'ECONNREFUSED', effect: 'none' },
    });
    expect(connection.gate.ended).toEqual([
      { bucket: '/api/v1/users', observation: undefined, sent: false },
    ]);
  });
});

test('a write that needs no body is done with its headers, whatever happens to the body', async () => {
  const stalled: Script = (_q, r) => {
    r.writeHead(200, { 'content-length': '100', 'x-okta-request-id': 'req-1' });
    r.write('{');
  };
  for (const step of [
    'reset-password',
    'expire-password',
    'revoke-tokens',
    'revoke-sessions',
  ] as const) {
    const { answer } = await writeOn(stalled, stepCall({ step }));
    expect(answer).toMatchObject({ kind: 'ok', value: { kind: 'done' } });
  }
});

test('a write that needs no body is not done by a web page', async () => {
  const { answer } = await writeOn((_q, r) => {
    r.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    r.end('<html>Sign in to the hotel</html>');
  });
  expect(answer).toMatchObject({
    kind: 'failed',
    failure: { kind: 'okta', status: 200, page: expect.any(String), effect: 'possible' },
  });
});

test('a limit for one recipient is not reported to the bucket as a throttle', async () => {
  const { ended } = await writeOn((_q, r) =>
    oktaError(r, 429, 'E0000118', { 'x-rate-limit-limit': '50', 'x-rate-limit-remaining': '9' }),
  );
  expect(ended).toMatchObject([
    { observation: { status: undefined, limit: 50, remaining: 9 }, sent: true },
  ]);
});

test('an answer that repeats the token does not put it into a failure', async () => {
  const { answer } = await writeOn((_q, r) =>
    json(r, 401, { errorCode: 'E0000011', errorSummary: `Invalid ${TOKEN} and SSWS ${TOKEN}` }),
  );
  expect(answer).toMatchObject({ failure: { oktaCode: 'E0000011' } });
  expect(JSON.stringify(answer)).not.toContain(TOKEN);
});

describe('a read', () => {
  test('is sent again after broken connections and 5xx, each time through the gate', async () => {
    const { reader, gate, org } = await scripted((_q, r, nth) => {
      if (nth === 1) r.destroy();
      else if (nth === 2) oktaError(r, 503, 'E0000010');
      else json(r, 200, userJson(USER));
    });
    expect(await reader.user(USER, never)).toMatchObject({ kind: 'ok', value: { id: USER } });
    expect(org.seen).toHaveLength(3);
    expect(gate.entered).toEqual(Array.from({ length: 3 }, () => '/api/v1/users/{id:.+}'));
  });

  test('gives up after maxRetries, but waits out any number of 429s', async () => {
    const down = await scripted((_q, r) => oktaError(r, 500, 'E0000009'));
    expect(await down.reader.user(USER, never)).toMatchObject({ failure: { status: 500 } });
    expect(down.org.seen).toHaveLength(3);

    const busy = await scripted((_q, r, nth) => {
      if (nth <= 5) oktaError(r, 429, 'E0000047', { 'x-rate-limit-limit': nth % 2 ? '0' : '50' });
      else json(r, 200, userJson(USER));
    });
    expect(await busy.reader.user(USER, never)).toMatchObject({ kind: 'ok' });
    expect(busy.org.seen).toHaveLength(6);
  });

  const cut = '{"id":"00u1111111111';
  test.each<[string, Script]>([
    ['cut short', (_q, r) => r.writeHead(200, { 'x-okta-request-id': 'req-9' }).end(cut)],
    ['empty', (_q, r) => r.writeHead(200, { 'x-okta-request-id': 'req-9' }).end()],
    [
      'a web page',
      (_q, r) => r.writeHead(200, { 'x-okta-request-id': 'req-9' }).end('<html>sign in</html>'),
    ],
  ])('is sent again after a 200 that is %s, and finally fails with that', async (_, garbage) => {
    const once = await scripted((q, r, nth) => {
      if (nth === 1) garbage(q, r, nth);
      else json(r, 200, userJson(USER));
    });
    expect(await once.reader.user(USER, never)).toMatchObject({ kind: 'ok', value: { id: USER } });
    expect(once.org.seen).toHaveLength(2);

    const always = await scripted(garbage);
    const listed = await always.reader.users({ query: { kind: 'all' }, limit: 5 }, never);
    expect(listed).toMatchObject({
      kind: 'failed',
      failure: { kind: 'answer', status: 200, requestId: 'req-9' },
    });
    expect(always.org.seen).toHaveLength(3);
  });

  test('is not sent again if that cannot help', async () => {
    const { reader, org } = await scripted((_q, r) => oktaError(r, 404, 'E0000007'));
    expect(await reader.user(USER, never)).toMatchObject({ failure: { oktaCode: 'E0000007' } });
    expect(org.seen).toHaveLength(1);
  });

  test('ends with an abort: in flight, and while it waits to be sent again', async () => {
    const stalled = await scripted(() => undefined);
    const inFlight = new AbortController();
    const first = stalled.reader.user(USER, inFlight.signal);
    await once(stalled.org.server, 'request');
    inFlight.abort(new Error('stop'));
    await expect(first).rejects.toThrow('stop');

    const waiting = new AbortController();
    const broken = await scripted((_q, r) => {
      oktaError(r, 429, 'E0000047');
      r.on('close', () => waiting.abort(new Error('stop')));
    });
    await expect(broken.reader.user(USER, waiting.signal)).rejects.toThrow('stop');
  });
});

test('the error page of a proxy does not set Okta’s clock', async () => {
  const date = (ms: number) => new Date(ms).toUTCString();
  const { reader, writer } = await scripted((_q, r, nth) => {
    if (nth === 1) json(r, 200, userJson(USER), { date: date(1_600_000_000_000) });
    else {
      r.writeHead(502, { date: date(1_900_000_000_000) });
      r.end('<html>');
    }
  });
  expect(reader.serverNowMs()).toBeUndefined();
  await reader.user(USER, never);
  await writer.write(stepCall(), never);
  expect(reader.serverNowMs()).toBeGreaterThanOrEqual(1_600_000_000_000);
  expect(reader.serverNowMs()).toBeLessThan(1_700_000_000_000);
});
