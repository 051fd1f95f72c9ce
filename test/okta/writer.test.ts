import { afterEach, expect, test } from '@jest/globals';
import type { StepCall } from '../../src/domain/org/org.ts';
import { connect, json, never, startOrg, stepCall, USER, userJson } from './scripted-org.ts';
import type { Script } from './scripted-org.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function write(script: Script, call: Partial<StepCall>) {
  const org = await startOrg(script);
  const connection = connect(org.origin);
  closers.push(org.close, connection.close);
  const answer = await connection.writer.write(stepCall(call), never);
  return { answer, request: org.seen[0]!, gate: connection.gate };
}

const life = `/api/v1/users/${USER}/lifecycle`;
const calls: [Partial<StepCall>, string][] = [
  [{ step: 'revoke-tokens' }, `DELETE /api/v1/users/${USER}/sessions?oauthTokens=true`],
  [{ step: 'revoke-sessions' }, `DELETE /api/v1/users/${USER}/sessions`],
  // Always sent, because the default differs between Okta's engines.
  [{ step: 'end-sessions' }, `DELETE /api/v1/users/${USER}/sessions?forgetDevices=true`],
  [
    { step: 'end-tokens' },
    `DELETE /api/v1/users/${USER}/sessions?oauthTokens=true&forgetDevices=true`,
  ],
  [{ step: 'suspend' }, `POST /api/v1/users/${USER}/lifecycle/suspend`],
  [{ step: 'unsuspend' }, `POST /api/v1/users/${USER}/lifecycle/unsuspend`],
  [{ step: 'unlock' }, `POST /api/v1/users/${USER}/lifecycle/unlock`],
  [{ step: 'reset-factors' }, `POST /api/v1/users/${USER}/lifecycle/reset_factors`],
  [{ step: 'reactivate' }, `POST /api/v1/users/${USER}/lifecycle/reactivate?sendEmail=true`],
  [{ step: 'reset-password' }, `POST ${life}/reset_password?sendEmail=true`],
  [
    { step: 'reset-password', revokeSessions: true },
    `POST ${life}/reset_password?sendEmail=true&revokeSessions=true`,
  ],
  [{ step: 'expire-password' }, `POST ${life}/expire_password`],
];
test.each(calls)('%j', async (call, expected) => {
  const { answer, request, gate } = await write((_q, r) => {
    r.writeHead(204, { 'x-okta-request-id': 'req-1' });
    r.end();
  }, call);
  expect(answer).toMatchObject({ kind: 'ok', value: { kind: 'done' }, call: { status: 204 } });
  expect(`${request.method} ${request.url}`).toBe(expected);
  expect(request.headers['content-length']).toBe(request.method === 'POST' ? '0' : undefined);
  expect(request.headers.accept).toBe('application/json');
  expect(gate.entered).toEqual(['/api/v1/users']);
});

test.each([
  [
    'reset-password',
    false,
    { resetPasswordUrl: 'https://x/planted' },
    'reset-link',
    '/reset_password?sendEmail=false',
  ],
  [
    'temp-password',
    true,
    { tempPassword: 'planted' },
    'temp-password',
    '/expire_password?tempPassword=true',
  ],
  [
    'temp-password-split',
    true,
    { tempPassword: 'planted' },
    'temp-password',
    '/expire_password_with_temp_password',
  ],
] as const)(
  '%s returns a secret that no printing shows',
  async (step, sendEmail, body, what, tail) => {
    const { answer, request } = await write((_q, r) => json(r, 200, body), { step, sendEmail });
    expect(answer).toMatchObject({ kind: 'ok', value: { kind: 'secret', what } });
    expect(
      answer.kind === 'ok' && answer.value.kind === 'secret' && answer.value.secret.reveal(),
    ).toBe(Object.values(body)[0]);
    expect(JSON.stringify(answer)).not.toContain('planted');
    expect(request.url).toBe(life + tail);
  },
);

test('so does one that answers with text', async () => {
  const { answer } = await write(
    (_q, r) => {
      r.writeHead(200, { 'content-type': 'text/plain', 'x-okta-request-id': 'a'.repeat(32) });
      r.end('removed by policy');
    },
    { step: 'temp-password' },
  );
  expect(answer).toMatchObject({ kind: 'ok', value: { kind: 'expired-without-password' } });
});

test.each([
  ['a user', userJson(USER)],
  ['nothing', {}],
  ['an empty password', { tempPassword: '' }],
  ['no password', { tempPassword: null }],
  ['an empty body', undefined],
  ['null', null],
  ['a list', []],
  ['true', true],
] as const)(
  'an org that answers the older call with %s has expired it without one',
  async (_, body) => {
    const { answer } = await write((_q, r) => json(r, 200, body), { step: 'temp-password' });
    expect(answer).toMatchObject({ kind: 'ok', value: { kind: 'expired-without-password' } });
  },
);

test('a link or password that is missing is a failure with a certain effect', async () => {
  for (const call of [{ sendEmail: false }, { step: 'temp-password-split' }] as const) {
    const { answer } = await write((_q, r) => json(r, 200, { tempPassword: '' }), call);
    expect(answer).toMatchObject({ failure: { kind: 'answer', status: 200, effect: 'certain' } });
  }
});

test.each([
  ['an empty answer', 200, '', undefined],
  ['no content', 204, '', undefined],
  ['text', 200, 'Blocked by policy', 'text/plain'],
  ['JSON of its own', 200, '{"status":"blocked"}', 'application/json'],
  ['a page that it calls JSON', 200, '<html><title>Wi-Fi</title></html>', 'application/json'],
  ['a page without a type', 200, '<html><title>Wi-Fi</title></html>', undefined],
  ['a refusal of its own', 403, '{"error":"blocked"}', 'application/json'],
])('%s from a proxy neither grants nor refuses anything', async (_, status, body, type) => {
  for (const step of ['reset-password', 'suspend', 'end-sessions', 'temp-password'] as const) {
    const { answer } = await write(
      (_q, r) => {
        r.writeHead(status, type === undefined ? {} : { 'content-type': type });
        r.end(body);
      },
      { step },
    );
    expect(answer).toMatchObject({
      kind: 'failed',
      failure: { kind: 'okta', status, oktaCode: undefined, effect: 'possible' },
    });
  }
});

test('rate-limit headers without a request id are Okta’s as well', async () => {
  const { answer } = await write((_q, r) => {
    r.writeHead(200, { 'x-rate-limit-limit': '600' });
    r.end('{}');
  }, {});
  expect(answer).toMatchObject({ kind: 'ok', value: { kind: 'done' } });
});
