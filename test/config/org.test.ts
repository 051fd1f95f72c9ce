import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { resolveOrg, type OrgFlags } from '../../src/config/org.ts';
import type { ConfigSources } from '../../src/config/sources.ts';

const NO_FLAGS: OrgFlags = { org: undefined, tokenFile: undefined, profile: undefined };
const LOCAL = '/project/okta.yaml';
const HOME = '/home/me/.okta/okta.yaml';
const PEM = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----';

function sources(
  files: Readonly<Record<string, string | { readonly text: string; readonly mode: number }>>,
  env: ConfigSources['env'] = {},
): ConfigSources & { readonly warnings: string[] } {
  const warnings: string[] = [];
  return {
    env,
    cwd: '/project',
    homeDir: '/home/me',
    warnings,
    warn: (text) => warnings.push(text),
    readFile: async (path) => {
      const file = files[path];
      return typeof file === 'string' ? { text: file, mode: 0o600 } : file;
    },
  };
}

const yaml = (org: string, token: string) =>
  `okta:\n  client:\n    orgUrl: ${org}\n    token: ${token}\n`;

async function tokenOf(flags: Partial<OrgFlags>, from: ConfigSources): Promise<string> {
  const { credentials } = await resolveOrg({ ...NO_FLAGS, ...flags }, from);
  return credentials.kind === 'ssws' ? credentials.token.reveal() : credentials.kind;
}

describe('precedence', () => {
  const files = {
    [LOCAL]: yaml('https://local.okta.com', 'local-token'),
    [HOME]: yaml('https://home.okta.com', 'home-token'),
  };

  test('the file of the project stands before the file of the user', async () => {
    const org = await resolveOrg(NO_FLAGS, sources(files));
    expect(org.host).toBe('local.okta.com');
    await expect(tokenOf({}, sources(files))).resolves.toBe('local-token');
  });

  test('the environment stands before both files', async () => {
    const env = { OKTA_CLIENT_ORGURL: 'https://env.okta.com', OKTA_CLIENT_TOKEN: 'env-token' };
    const org = await resolveOrg(NO_FLAGS, sources(files, env));
    expect(org.host).toBe('env.okta.com');
    await expect(tokenOf({}, sources(files, env))).resolves.toBe('env-token');
  });

  test('flags stand before the environment', async () => {
    const env = { OKTA_CLIENT_ORGURL: 'https://env.okta.com', OKTA_CLIENT_TOKEN: 'env-token' };
    const from = sources({ '/project/t': 'file-token\n' }, env);
    const org = await resolveOrg(
      { ...NO_FLAGS, org: 'https://flag.okta.com', tokenFile: 't' },
      from,
    );
    expect(org.host).toBe('flag.okta.com');
    await expect(tokenOf({ tokenFile: 't' }, from)).resolves.toBe('file-token');
  });

  test('a profile stands before the environment, and is used alone', async () => {
    const env = { OKTA_CLIENT_ORGURL: 'https://env.okta.com', OKTA_CLIENT_TOKEN: 'env-token' };
    const text = `okta:\n  profiles:\n    staging:\n      orgUrl: https://staging.okta.com\n      token: staging-token\n`;
    const org = await resolveOrg(
      { ...NO_FLAGS, profile: 'staging' },
      sources({ [HOME]: text }, env),
    );
    expect(org.host).toBe('staging.okta.com');
    expect(org.credentials).toMatchObject({ kind: 'ssws' });
  });
});

test('the token of one org in a file is never sent to another org', async () => {
  const files = { [HOME]: yaml('https://home.okta.com', 'home-token') };
  await expect(
    resolveOrg({ ...NO_FLAGS, org: 'https://other.okta.com' }, sources(files)),
  ).rejects.toMatchObject({
    code: 'CONFIG_CREDENTIALS',
    exitCode: 2,
  });
});

test('a service app: mode, client id, scopes, key as PEM, JWK or a file', async () => {
  const env = {
    OKTA_CLIENT_ORGURL: 'https://acme.okta.com',
    OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
    OKTA_CLIENT_CLIENTID: '0oa1',
    OKTA_CLIENT_SCOPES: 'okta.users.manage okta.users.read',
    OKTA_CLIENT_KEYID: 'k1',
  };
  for (const key of [PEM, PEM.replaceAll('\n', '\\n'), '{"kty":"RSA"}', 'key.pem']) {
    const { credentials } = await resolveOrg(
      NO_FLAGS,
      sources({ '/project/key.pem': `${PEM}\n` }, { ...env, OKTA_CLIENT_PRIVATEKEY: key }),
    );
    expect(credentials).toMatchObject({
      kind: 'oauth',
      clientId: '0oa1',
      keyId: 'k1',
      scopes: ['okta.users.manage', 'okta.users.read'],
    });
    expect(credentials.kind === 'oauth' && credentials.privateKey.reveal()).toBe(
      key.startsWith('{') ? key : PEM,
    );
  }
});

describe('refused with exit code 2 and no part of a credential in the message', () => {
  const org = { OKTA_CLIENT_ORGURL: 'https://acme.okta.com' };
  test.each<[string, Partial<OrgFlags>, ConfigSources]>([
    ['no org', {}, sources({})],
    ['no credential', {}, sources({}, org)],
    ['an empty token file', { tokenFile: 't' }, sources({ '/project/t': ' \n' }, org)],
    ['a missing token file', { tokenFile: 't' }, sources({}, org)],
    ['a token with its scheme', {}, sources({}, { ...org, OKTA_CLIENT_TOKEN: 'SSWS 00abcCANARY' })],
    ['a token with a blank', {}, sources({}, { ...org, OKTA_CLIENT_TOKEN: '00abc CANARY' })],
    [
      'a token file with two lines',
      { tokenFile: 't' },
      sources({ '/project/t': '00CANARY\n00CANARY\n' }, org),
    ],
    ['an unknown mode', {}, sources({}, { ...org, OKTA_CLIENT_AUTHORIZATIONMODE: 'Basic' })],
    [
      'an app without id',
      {},
      sources(
        {},
        { ...org, OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey', OKTA_CLIENT_PRIVATEKEY: PEM },
      ),
    ],
    [
      'an app without key',
      {},
      sources(
        {},
        { ...org, OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey', OKTA_CLIENT_CLIENTID: 'x' },
      ),
    ],
    [
      'a key that is none',
      {},
      sources({}, { ...org, OKTA_CLIENT_PRIVATEKEY: 'CANARY', OKTA_CLIENT_CLIENTID: 'x' }),
    ],
    ['YAML that is none', {}, sources({ [LOCAL]: 'okta: [CANARY' }, org)],
    ['a file of another shape', {}, sources({ [LOCAL]: 'okta:\n  client: CANARY\n' }, org)],
    [
      'a profile nobody has',
      { profile: 'x' },
      sources({ [LOCAL]: yaml('https://a.okta.com', '00CANARY') }, org),
    ],
  ])('%s', async (_, flags, from) => {
    expect.assertions(2);
    try {
      await resolveOrg({ ...NO_FLAGS, ...flags }, from);
    } catch (error) {
      expect(error).toMatchObject({ name: 'AppError', exitCode: 2 });
      const { message, hint, cause } = error as { message: string; hint: string; cause: unknown };
      expect(`${message} ${hint} ${String(cause)}`).not.toContain('CANARY');
    }
  });
});

test('files that others may read are told of', async () => {
  const from = sources(
    { '/project/t': { text: 'token-token', mode: 0o644 } },
    { OKTA_CLIENT_ORGURL: 'https://acme.okta.com' },
  );
  await tokenOf({ tokenFile: 't' }, from);
  expect(from.warnings).toHaveLength(1);
});

/** Any YAML, and what looks like the SDKs' own with anything in its places. */
const anything = fc.jsonValue({ maxDepth: 2 });
const client = fc.record(
  {
    orgUrl: fc.oneof(fc.constantFrom('https://acme.okta.com', 'https://other.example'), anything),
    token: fc.oneof(fc.constant('00token'), anything),
    authorizationMode: fc.oneof(fc.constantFrom('SSWS', 'PrivateKey'), anything),
    clientId: anything,
    scopes: anything,
    privateKey: fc.oneof(fc.constantFrom(PEM, '{'), anything),
    keyId: anything,
  },
  { requiredKeys: [] },
);
const document = fc.oneof(
  fc.string(),
  fc.json(),
  fc.string().map((text) => `okta:\n  client:\n    token: ${text}`),
  fc
    .record({
      okta: fc.record({
        client: fc.oneof(client, anything),
        profiles: fc.oneof(fc.record({ p: fc.oneof(client, anything) }), anything),
      }),
    })
    .map((value) => JSON.stringify(value)),
  fc.constantFrom('&a [*a]', '? ?', '%YAML 9\n---\n', '!!js/function x', '<<: *x', '\0', '\ufeff'),
);
const variable = fc.option(
  fc.oneof(
    fc.constantFrom(
      'https://acme.okta.com',
      'https://acme-admin.okta.com',
      'http://127.0.0.1:1',
      'PrivateKey',
      'SSWS',
      PEM,
      '{"kty":"RSA"}',
      '/project/okta.yaml',
      '../..',
      '\0',
    ),
    fc.string({ unit: 'binary' }),
  ),
  { nil: undefined },
);
const environment = fc.record({
  OKTA_CLIENT_ORGURL: variable,
  OKTA_CLIENT_TOKEN: variable,
  OKTA_CLIENT_AUTHORIZATIONMODE: variable,
  OKTA_CLIENT_CLIENTID: variable,
  OKTA_CLIENT_SCOPES: variable,
  OKTA_CLIENT_PRIVATEKEY: variable,
  OKTA_CLIENT_KEYID: variable,
});

test('no configuration file, environment or flag makes it crash without a typed error', async () => {
  await fc.assert(
    fc.asyncProperty(
      document,
      environment,
      fc.record({
        org: variable,
        tokenFile: variable,
        profile: fc.constantFrom(undefined, 'p', '__proto__', 'constructor'),
      }),
      async (text, env, flags) => {
        try {
          const org = await resolveOrg(flags, sources({ [LOCAL]: text }, env));
          // What is called is an origin and no more, whatever stands in the URL.
          expect(new URL(org.origin).origin).toBe(org.origin);
          expect(org.origin).toMatch(/^https:\/\/|^http:\/\/(localhost|127\.|\[::1\])/);
        } catch (error) {
          expect(error).toMatchObject({ name: 'AppError', exitCode: 2 });
        }
      },
    ),
    { numRuns: 500 },
  );
});
