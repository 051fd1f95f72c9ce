/** The configuration files of Okta's SDKs: which keys count, whose file is used, and how large it can be. */
import { describe, expect, test } from '@jest/globals';
import { resolveOrg, type OrgFlags } from '../../src/config/org.ts';
import type { ConfigSources } from '../../src/config/sources.ts';
import type { ConfigFile } from '../../src/config/yaml/config-file.ts';
import { unknownKeys } from '../../src/config/yaml/okta-yaml-keys.ts';
import { profilesIn } from '../../src/config/yaml/okta-yaml.ts';

const NO_FLAGS: OrgFlags = {
  ...{ org: undefined, tokenFile: undefined, tokenCommand: undefined, profile: undefined },
};
const LOCAL = '/project/okta.yaml';
const HOME = '/home/me/.okta/okta.yaml';
const URL_ONLY = { orgUrl: 'https://acme.okta.com' };
const WHOLE = { ...URL_ONLY, token: '00token' };
const PEM = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----';

type File = Partial<ConfigFile> & { readonly text: string };

function sources(files: Readonly<Record<string, File | Error>>, cwd = '/project') {
  const warnings: string[] = [];
  const from: ConfigSources = {
    ...{ env: {}, cwd, homeDir: '/home/me' },
    warn: (text, hint) => warnings.push(`${text} ${hint}`),
    note: () => undefined,
    runCommand: () => Promise.resolve('00printed\n'),
    readFile: async (path) => {
      const file = files[path];
      if (file instanceof Error) throw file;
      return file && { mode: 0o600, isForeign: false, ...file };
    },
  };
  return { from, warnings };
}

const client = (settings: object): File => ({
  text: JSON.stringify({ okta: { client: settings } }),
});
const profile = (settings: unknown): File => ({
  text: JSON.stringify({ okta: { profiles: { staging: settings } } }),
});
const resolved = async (file: File, name?: string) => {
  const { credentials, host } = await resolveOrg(
    { ...NO_FLAGS, profile: name },
    sources({ [HOME]: file }).from,
  );
  return [host, credentials.kind];
};

describe('a key', () => {
  const unknown = (key: string) => unknownKeys({ okta: { client: { [key]: 'x' } } }, undefined);

  test.each([
    'cache cacheManager concurrentRequests connectionTimeout connectionTimeoutSeconds dpop logging',
    'maxRetries oauth2 oauthTokenRenewalOffset proxy rateLimit requestExecutor requestTimeout',
    'retry testing userAgent userAgentExtra',
    'orgUrl token tokenCommand authorizationMode clientId scopes privateKey keyId',
  ])('of Okta’s SDKs, or one that is read, is left alone: %s', (keys) => {
    for (const key of keys.split(' ')) expect([key, unknown(key)]).toEqual([key, []]);
  });

  test.each([
    ['orgUrl', 'url org domain oktaDomain okta_domain baseUrl base-url host ORGURL org_url'],
    ['token', 'apiToken api_token apiKey ssws TOKEN'],
    ['authorizationMode', 'mode authorization_mode'],
    ['privateKey', 'key keyFile privateKeyFile private-key'],
    ['clientId', 'id client.id'],
    ['scopes', 'scope'],
    ['keyId', 'keyid key_id'],
    ['tokenCommand', 'tokencommand'],
  ])('that means %s is answered with it: %s', (meant, keys) => {
    for (const key of keys.split(' '))
      expect(unknown(key)).toEqual([{ path: `okta.client.${key}`, meant }]);
  });

  test('is shown only if it cannot be a token: 25 characters at most, and a letter first', () => {
    const shown = (key: string) => unknown(key)[0]?.path;
    const longest = `x${'y'.repeat(24)}`;
    expect(shown(longest)).toBe(`okta.client.${longest}`);
    for (const hidden of [`${longest}z`, '00token', 'a b', ''])
      expect(unknown(hidden)).toEqual([{ path: 'okta.client.…', meant: undefined }]);
  });

  test('in the wrong place is answered with its place; what is not ours is left alone', () => {
    const found = (file: unknown, name?: string) =>
      unknownKeys(file, name).map(({ path, meant }) => `${path}: ${meant ?? '-'}`);
    expect(found({ client: {}, orgUrl: 'x', other: 1 })).toEqual([
      'client: okta.client',
      'orgUrl: okta.client.orgUrl',
    ]);
    expect(found({ okta: { token: 'x', other: 1 } })).toEqual(['okta.token: okta.client.token']);
    expect(found({ token: 'x', okta: { token: 'x' } })).toEqual([
      'token: okta.client.token',
      'okta.token: okta.client.token',
    ]);
    // A profile does not read what is next to it.
    expect(found({ okta: { token: 'x', profiles: { p: { url: 'x' } } } }, 'p')).toEqual([
      'okta.profiles.p.url: orgUrl',
    ]);
    expect(found({ okta: { profiles: { p: { client: { url: 'x' } } } } }, 'p')).toEqual([
      'okta.profiles.p.url: orgUrl',
    ]);
    for (const odd of [
      undefined,
      null,
      'text',
      [{ token: 1 }],
      { okta: null },
      { okta: ['token'] },
    ])
      expect(found(odd)).toEqual([]);
    for (const odd of [null, ['url'], 'url', 7])
      expect(found({ okta: { client: odd } })).toEqual([]);
    expect(found({ okta: { profiles: {} } }, 'constructor')).toEqual([]);
    expect(found({ okta: { profiles: null } }, 'p')).toEqual([]);
  });
});

describe('a profile', () => {
  test('has its settings itself, or under client', async () => {
    expect(await resolved(profile(WHOLE), 'staging')).toEqual(['acme.okta.com', 'ssws']);
    expect(await resolved(profile({ client: WHOLE }), 'staging')).toEqual([
      'acme.okta.com',
      'ssws',
    ]);
  });

  test.each([['text'], [7], [['orgUrl']], [{ client: 'text' }]])(
    'that is %j is refused as damaged',
    async (settings) => {
      await expect(resolved(profile(settings), 'staging')).rejects.toMatchObject({
        code: 'CONFIG_FILE',
      });
    },
  );

  test('that is empty counts as missing', async () => {
    await expect(resolved(profile(null), 'staging')).rejects.toMatchObject({
      message: expect.stringContaining('staging'),
    });
  });
});

describe('values', () => {
  test('can be numbers, scopes a list, and a private key a JWK', async () => {
    const settings = {
      ...{ ...URL_ONLY, authorizationMode: 'PrivateKey', clientId: 42, keyId: 7 },
      ...{ scopes: ['okta.users.read', 'okta.users.manage'], privateKey: { kty: 'RSA', n: 'x' } },
    };
    const { credentials } = await resolveOrg(NO_FLAGS, sources({ [HOME]: client(settings) }).from);
    expect(credentials).toMatchObject({
      ...{ kind: 'oauth', clientId: '42', keyId: '7' },
      scopes: ['okta.users.read', 'okta.users.manage'],
    });
    expect(credentials.kind === 'oauth' && JSON.parse(credentials.privateKey.reveal())).toEqual({
      ...{ kty: 'RSA', n: 'x' },
    });
  });
});

describe('a file', () => {
  const env = { OKTA_CLIENT_ORGURL: 'https://acme.okta.com', OKTA_CLIENT_TOKEN: '00env' };

  test.each<[string, object, number, number]>([
    ['a token that others can read', WHOLE, 0o644, 1],
    ['a token that the group can read', WHOLE, 0o640, 1],
    ['a key that others can read', { privateKey: PEM, clientId: 'x' }, 0o644, 1],
    ['a token that nobody else can read', WHOLE, 0o600, 0],
    ['no credential', URL_ONLY, 0o644, 0],
    ['only a command', { tokenCommand: 'op read x' }, 0o644, 0],
  ])('with %s', async (_, settings, mode, count) => {
    const { from, warnings } = sources({ [HOME]: { ...client(settings), mode } });
    await resolveOrg(NO_FLAGS, { ...from, env });
    expect(warnings).toHaveLength(count);
    for (const warning of warnings)
      expect(warning).toBe(
        `${HOME} contains a credential which other users of this machine can read. chmod 600 ${HOME}`,
      );
  });

  test('of 65,536 characters is read, a longer one is refused', async () => {
    const sized = (length: number): File => {
      const { text } = client(WHOLE);
      return { text: `${text}\n#${'x'.repeat(length - text.length - 2)}` };
    };
    expect(await resolved(sized(65_536))).toEqual(['acme.okta.com', 'ssws']);
    await expect(resolved(sized(65_537))).rejects.toMatchObject({
      ...{ code: 'CONFIG_FILE', message: expect.stringContaining(HOME) },
    });
  });

  test('that is too long, or of others, lists no profiles; a damaged one is refused by its place', async () => {
    const listed = (file: File) => profilesIn(sources({ [LOCAL]: file }).from);
    const { text } = profile({});
    expect(await listed({ text })).toEqual(['staging']);
    const sized = (length: number) => `${text}\n#${'x'.repeat(length - text.length - 2)}`;
    expect(await listed({ text: sized(65_536) })).toEqual(['staging']);
    expect(await listed({ text: sized(65_537) })).toEqual([]);
    expect(await listed({ text, isForeign: true })).toEqual([]);
    await expect(listed({ text: 'okta:\n  profiles: [' })).rejects.toMatchObject({
      ...{ code: 'CONFIG_FILE', message: expect.stringMatching(/, line \d+, column \d+, is not/) },
    });
    await expect(listed({ text: 'okta:\n  profiles: 7' })).rejects.toMatchObject({
      message: `${LOCAL} is not a configuration file that okta-reset can read.`,
    });
  });

  test('in the home folder that others can write is refused, and says why', async () => {
    const foreign = (fault?: string): File => ({
      ...{ ...client(WHOLE), isForeign: true },
      ...(fault === undefined ? {} : { fault }),
    });
    await expect(resolved(foreign('other users can write to it'))).rejects.toMatchObject({
      code: 'CONFIG_FILE',
      message: `${HOME} is not used: other users can write to it.`,
      hint: expect.stringContaining(`chmod 600 ${HOME}`),
    });
    await expect(resolved(foreign())).rejects.toMatchObject({
      message: `${HOME} is not used: it is not yours.`,
    });
  });

  test('that the system does not give is refused, without the words of the system', async () => {
    const { from } = sources({ [LOCAL]: new Error('EIO: 00CANARY') });
    await expect(resolveOrg(NO_FLAGS, from)).rejects.toMatchObject({
      ...{ code: 'CONFIG_FILE', cause: 'Error' },
      message: `${LOCAL} is not a configuration file that okta-reset can read.`,
    });
  });

  test('of the user’s own folder, if it is the working folder too, is read once and can name a command', async () => {
    const { from, warnings } = sources(
      { [HOME]: client({ ...URL_ONLY, tokenCommand: 'x' }) },
      '/home/me/.okta',
    );
    const read: string[] = [];
    const { credentials } = await resolveOrg(NO_FLAGS, {
      ...from,
      readFile: (path) => {
        read.push(path);
        return from.readFile(path);
      },
    });
    expect([credentials.kind, warnings, read]).toEqual(['command', [], [HOME]]);
  });

  test('in the working folder never names a command, and its other settings count', async () => {
    const { from, warnings } = sources({
      [LOCAL]: client({ ...WHOLE, tokenCommand: 'evil' }),
    });
    const { host, credentials } = await resolveOrg(NO_FLAGS, from);
    expect([host, credentials.kind]).toEqual(['acme.okta.com', 'ssws']);
    expect(warnings).toEqual([expect.stringContaining(`${LOCAL}: tokenCommand is not run`)]);
  });
});
