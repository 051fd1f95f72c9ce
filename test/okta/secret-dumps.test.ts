import { afterEach, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { Secret } from '../../src/secrets/secret.ts';
import {
  connect,
  json,
  never,
  oktaError,
  startOrg,
  stepCall,
  TOKEN,
  USER,
  type Script,
} from './scripted-org.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const OTT = 'OTT-planted-0123456789';
const PASSWORD = 'Planted!Pass-7';
const LINK = `https://acme.okta.com/signin/reset-password/${OTT}`;
const ACCESS = 'eyJplanted.eyJplanted0123456789.planted';
const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  format: 'jwk',
});
const PLANTED = [TOKEN, OTT, PASSWORD, ACCESS, String(KEY.d), String(KEY.p)];

/** All that a debugger, a crash report or `console.error` would show of it. */
function dump(value: unknown): string {
  const shown = [
    inspect(value, { depth: 20, showHidden: true, getters: true, maxStringLength: null }),
  ];
  for (let error = value; error instanceof Error; error = error.cause)
    shown.push(String(error), error.stack ?? '', JSON.stringify(error));
  return shown.join('\n');
}

function expectClean(what: string, value: unknown): void {
  const text = dump(value);
  expect([what, PLANTED.filter((secret) => text.includes(secret))]).toEqual([what, []]);
}

const ECHO = `SSWS ${TOKEN} ${ACCESS} ${LINK}`;

/** Ends that a call can come to, each of which repeats what was sent or gives a secret away. */
const ENDS: Readonly<Record<string, Script>> = {
  'a temporary password': (_q, r) => json(r, 200, { tempPassword: PASSWORD }),
  'a reset link': (_q, r) => json(r, 200, { resetPasswordUrl: LINK }),
  'a link where none was wanted': (_q, r) => json(r, 200, { resetPasswordUrl: LINK, x: ECHO }),
  'a password cut off half-way': (_q, r) => {
    r.writeHead(200, { 'content-length': '500', 'x-okta-request-id': 'r' });
    r.write(`{"tempPassword":"${PASSWORD}"`, () => r.destroy());
  },
  'an error that repeats the credential': (_q, r) =>
    json(r, 400, {
      errorCode: 'E0000001',
      errorSummary: ECHO,
      errorCauses: [{ errorSummary: ECHO }],
    }),
  'a page that repeats the credential': (_q, r) => {
    r.writeHead(502, { 'x-echo': TOKEN });
    r.end(`<html>${ECHO}</html>`);
  },
  'a refusal that repeats the credential': (_q, r) =>
    oktaError(r, 401, 'E0000011', { 'www-authenticate': `SSWS realm="${TOKEN}"` }),
  'a redirect that repeats the credential': (_q, r) => {
    r.writeHead(302, { location: `https://elsewhere.example/?token=${TOKEN}` });
    r.end();
  },
  'a header that is not HTTP': (_q, r) => {
    r.socket?.end(`HTTP/1.1 200 OK\r\nbroken ${TOKEN}\r\n\r\n`);
  },
  'a cut connection': (_q, r) => r.destroy(),
};

const STEPS = ['reset-password', 'temp-password', 'temp-password-split', 'revoke-tokens'] as const;

test.each(Object.entries(ENDS))(
  '%s shows no secret in any answer or log line',
  async (what, script) => {
    const org = await startOrg(script);
    const { reader, writer, log, close } = connect(org.origin, {
      maxRetries: 0,
      timeoutMs: 20_000,
    });
    closers.push(org.close, close);
    for (const step of STEPS) {
      const answer = await writer.write(stepCall({ step, sendEmail: false }), never);
      expectClean(`${what}: ${step}`, answer);
    }
    expectClean(`${what}: a read`, await reader.user(USER, never));
    expectClean(
      `${what}: a listing`,
      await reader.users({ query: { kind: 'all' }, limit: 5 }, never),
    );
    expectClean(`${what}: the log`, log);
    expect(log).not.toHaveLength(0);
    expectClean('the connection itself', { reader, writer });
  },
);

test('a read that is aborted shows no credential in what it rejects with', async () => {
  const stop = new AbortController();
  const org = await startOrg(() => stop.abort(new Error('stop')));
  const { reader, close } = connect(org.origin);
  closers.push(org.close, close);
  const error = await reader.user(USER, stop.signal).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expectClean('the abort', error);
});

test.each<[string, Script]>([
  [
    'grants',
    (q, r) => json(r, 200, q.url.startsWith('/oauth2') ? { access_token: ACCESS } : { x: ECHO }),
  ],
  [
    'refuses',
    (q, r) => json(r, 400, { error: 'invalid_client', error_description: `${ECHO} ${q.body}` }),
  ],
  ['breaks off', (_q, r) => r.destroy()],
])('a service app’s key and token are shown nowhere when the org %s', async (_what, script) => {
  const org = await startOrg(script);
  const credentials = {
    kind: 'oauth',
    clientId: 'client-1',
    scopes: ['okta.users.manage'],
    privateKey: new Secret(JSON.stringify(KEY)),
    keyId: undefined,
  } as const;
  const { reader, writer, log, close } = connect(org.origin, { credentials, maxRetries: 0 });
  closers.push(org.close, close);
  expectClean('the options', credentials);
  const write = await writer.write(stepCall(), never);
  expectClean('a write', write);
  expectClean('a read', await reader.user(USER, never));
  expectClean('the log', log);
  // An assertion is as good as a key while it is valid.
  for (const { body } of org.seen) {
    const assertion = new URLSearchParams(body).get('client_assertion');
    if (assertion !== null) expect(dump([write, log])).not.toContain(assertion);
  }
  expect(org.seen.length).toBeGreaterThan(0);
});
