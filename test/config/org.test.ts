import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CommandTokens } from '../../src/config/command-tokens.ts';
import { resolveOrg, type OrgFlags } from '../../src/config/org.ts';
import type { ConfigSources } from '../../src/config/sources.ts';
import { readConfigFile } from '../../src/config/yaml/config-file.ts';
import { profilesIn } from '../../src/config/yaml/okta-yaml.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { anyText } from '../any-text.ts';

const NO_FLAGS: OrgFlags = {
  org: undefined,
  tokenFile: undefined,
  tokenCommand: undefined,
  profile: undefined,
};
const LOCAL = '/project/okta.yaml';
const HOME = '/home/me/.okta/okta.yaml';
const PEM = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----';

function sources(
  files: Readonly<
    Record<
      string,
      string | { readonly text: string; readonly mode: number; readonly isForeign?: boolean }
    >
  >,
  env: ConfigSources['env'] = {},
): ConfigSources & { readonly warnings: string[]; readonly notes: string[] } {
  const warnings: string[] = [];
  const notes: string[] = [];
  return {
    env,
    cwd: '/project',
    homeDir: '/home/me',
    warnings,
    notes,
    warn: (text, hint) => warnings.push(`${text} ${hint}`),
    note: (text) => notes.push(text),
    runCommand: async (command) => `${command}-printed\n`,
    readFile: async (path) => {
      const file = files[path];
      if (file === undefined) return undefined;
      return typeof file === 'string'
        ? { text: file, mode: 0o600, isForeign: false }
        : { isForeign: false, ...file };
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

  test('the file of the project has precedence over the file of the user', async () => {
    const org = await resolveOrg(NO_FLAGS, sources(files));
    expect(org.host).toBe('local.okta.com');
    await expect(tokenOf({}, sources(files))).resolves.toBe('local-token');
  });

  test('the environment has precedence over both files', async () => {
    const env = { OKTA_CLIENT_ORGURL: 'https://env.okta.com', OKTA_CLIENT_TOKEN: 'env-token' };
    const org = await resolveOrg(NO_FLAGS, sources(files, env));
    expect(org.host).toBe('env.okta.com');
    await expect(tokenOf({}, sources(files, env))).resolves.toBe('env-token');
  });

  test('flags have precedence over the environment', async () => {
    const env = { OKTA_CLIENT_ORGURL: 'https://env.okta.com', OKTA_CLIENT_TOKEN: 'env-token' };
    const from = sources({ '/project/t': 'file-token\n' }, env);
    const org = await resolveOrg(
      { ...NO_FLAGS, org: 'https://flag.okta.com', tokenFile: 't' },
      from,
    );
    expect(org.host).toBe('flag.okta.com');
    await expect(tokenOf({ tokenFile: 't' }, from)).resolves.toBe('file-token');
  });

  test('a profile has precedence over the environment, and only it is used', async () => {
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

describe('a credential goes only where it belongs', () => {
  const PLACES = ['flag', 'environment', 'folder', 'home'] as const;
  type Place = (typeof PLACES)[number];
  const CREDENTIALS = {
    token: { OKTA_CLIENT_TOKEN: '00secretCANARY' },
    key: { OKTA_CLIENT_PRIVATEKEY: PEM, OKTA_CLIENT_CLIENTID: '0oa1' },
    command: { TOKEN_COMMAND: 'print the CANARY' },
  } as const;
  const YAML_KEYS: Readonly<Record<string, string>> = {
    OKTA_CLIENT_ORGURL: 'orgUrl',
    OKTA_CLIENT_TOKEN: 'token',
    OKTA_CLIENT_PRIVATEKEY: 'privateKey',
    OKTA_CLIENT_CLIENTID: 'clientId',
    TOKEN_COMMAND: 'tokenCommand',
  };
  type Settings = Readonly<Record<string, string>>;

  /** Resolves with these settings in these places. Files have them in the profile, if one is named. */
  async function resolveWith(
    placed: readonly (readonly [place: Place, settings: Settings])[],
    profile?: string,
  ) {
    const at = (place: Place): Settings =>
      Object.fromEntries(
        placed.filter(([found]) => found === place).flatMap(([, it]) => Object.entries(it)),
      );
    const file = (place: Place): Record<string, string> => {
      const settings = Object.entries(at(place)).map(([name, text]) => [YAML_KEYS[name], text]);
      if (settings.length === 0) return {};
      const client = Object.fromEntries(settings) as object;
      const path = place === 'folder' ? LOCAL : HOME;
      const okta = profile === undefined ? { client } : { profiles: { [profile]: client } };
      return { [path]: JSON.stringify({ okta }) };
    };
    const flag = at('flag');
    const token = flag['OKTA_CLIENT_TOKEN'];
    const from = sources(
      {
        ...file('folder'),
        ...file('home'),
        ...(token === undefined ? {} : { '/project/t': token }),
      },
      at('environment'),
    );
    const flags = {
      org: flag['OKTA_CLIENT_ORGURL'],
      tokenFile: token === undefined ? undefined : 't',
      tokenCommand: flag['TOKEN_COMMAND'],
      profile,
    };
    return resolveOrg(flags, from).then(
      ({ host }) => host,
      (error: unknown) => {
        const { code, message, hint } = error as { code: string; message: string; hint: string };
        expect(message + hint).not.toContain('CANARY');
        return `${code}: ${message}`;
      },
    );
  }

  /** Which kind of credential is allowed where: a command only in a flag and in the user's own file. */
  const KINDS = {
    flag: ['token', 'command'],
    environment: ['token', 'key'],
    folder: ['token', 'key'],
    home: ['token', 'key', 'command'],
  } as const;
  const alone = PLACES.flatMap((url) =>
    PLACES.flatMap((holder) =>
      KINDS[holder].map((kind) => ({
        url,
        holder,
        kind,
      })),
    ),
  );

  test.each(alone)(
    'a $kind from $holder, with the URL from $url',
    async ({ url, holder, kind }) => {
      const host = await resolveWith([
        [url, { OKTA_CLIENT_ORGURL: 'https://u.okta.com' }],
        [holder, CREDENTIALS[kind]],
      ]);
      const allowed = url !== 'folder' || holder === 'folder';
      expect(host).toEqual(
        allowed ? 'u.okta.com' : expect.stringMatching(/^CONFIG_CREDENTIALS: .*okta\.yaml/),
      );
    },
  );

  const beside = PLACES.flatMap((url) =>
    (['environment', 'folder', 'home'] as const)
      .filter((holder) => holder !== url)
      .flatMap((holder) => KINDS[holder].map((kind) => ({ url, holder, kind }))),
  );

  test.each(beside)(
    'a $kind from $holder next to its own URL, with another URL from $url',
    async ({ url, holder, kind }) => {
      const own = { ...CREDENTIALS[kind], OKTA_CLIENT_ORGURL: 'https://own.okta.com' };
      const other = await resolveWith([
        [holder, own],
        [url, { OKTA_CLIENT_ORGURL: 'https://u.okta.com' }],
      ]);
      const wins = PLACES.indexOf(url) < PLACES.indexOf(holder);
      expect(other).toEqual(
        wins
          ? expect.stringMatching(/^CONFIG_CREDENTIALS: .*own\.okta\.com.*u\.okta\.com/)
          : 'own.okta.com',
      );
      const same = await resolveWith([
        [holder, own],
        [url, { OKTA_CLIENT_ORGURL: 'https://own.okta.com/' }],
      ]);
      expect(same).toBe('own.okta.com');
    },
  );

  test('the URL of a profile gets no credential of the environment that has a URL, nor one into the folder’s', async () => {
    const url = { OKTA_CLIENT_ORGURL: 'https://u.okta.com' };
    const elsewhere = { ...CREDENTIALS.token, OKTA_CLIENT_ORGURL: 'https://env.okta.com' };
    const refused = expect.stringMatching(/^CONFIG_CREDENTIALS/);
    for (const [place, env, expected] of [
      ['home', CREDENTIALS.token, 'u.okta.com'],
      ['folder', CREDENTIALS.token, refused],
      ['home', elsewhere, refused],
      ['folder', elsewhere, refused],
    ] as const)
      expect(
        await resolveWith(
          [
            [place, url],
            ['environment', env],
          ],
          'staging',
        ),
      ).toEqual(expected);
    const whole = { ...url, ...CREDENTIALS.token };
    for (const place of ['home', 'folder'] as const) {
      const other = { ...elsewhere, OKTA_CLIENT_TOKEN: '00other' };
      expect(
        await resolveWith(
          [
            [place, whole],
            ['environment', other],
          ],
          'p',
        ),
      ).toBe('u.okta.com');
      const flag = { OKTA_CLIENT_ORGURL: 'https://flag.okta.com' };
      expect(
        await resolveWith(
          [
            [place, whole],
            ['flag', flag],
          ],
          'p',
        ),
      ).toEqual(refused);
    }
  });
});

describe('a token command', () => {
  const folder = 'okta:\n  client:\n    orgUrl: https://acme.okta.com\n    tokenCommand: evil\n';
  const never = new AbortController().signal;
  const printed = async (flags: Partial<OrgFlags>, from: ConfigSources) => {
    const { credentials } = await resolveOrg({ ...NO_FLAGS, ...flags }, from);
    if (credentials.kind !== 'command') return credentials.kind;
    return (await credentials.tokens.current(never)).reveal();
  };
  const env = { OKTA_CLIENT_ORGURL: 'https://acme.okta.com' };

  test('is not run before a call needs its token, and the token is trimmed', async () => {
    let ran = 0;
    const from = {
      ...sources({}, env),
      runCommand: async () => {
        ran += 1;
        return ' 00token\r\n';
      },
    };
    const { credentials } = await resolveOrg({ ...NO_FLAGS, tokenCommand: 'x' }, from);
    if (credentials.kind !== 'command') throw new Error(credentials.kind);
    expect([ran, credentials.tokens.held()]).toEqual([0, undefined]);
    const both = [credentials.tokens.current(never), credentials.tokens.current(never)];
    expect((await Promise.all(both)).map((token) => token.reveal())).toEqual([
      '00token',
      '00token',
    ]);
    expect(ran).toBe(1);
  });

  test('of ./okta.yaml is never run, which a warning says; what is elsewhere is used', async () => {
    const from = sources({ [LOCAL]: folder }, { OKTA_CLIENT_TOKEN: '00token' });
    await expect(resolveOrg(NO_FLAGS, sources({ [LOCAL]: folder }))).rejects.toMatchObject({
      code: 'CONFIG_CREDENTIALS',
    });
    await resolveOrg(NO_FLAGS, from).catch(() => undefined);
    expect(from.warnings).toEqual([expect.stringMatching(/tokenCommand is not run/)]);
  });

  test('of the home file is run, after the environment, and a flag has precedence over both', async () => {
    const home = { [HOME]: 'okta:\n  client:\n    tokenCommand: home\n' };
    expect(await printed({}, sources(home, env))).toBe('home-printed');
    expect(await printed({}, sources(home, { ...env, OKTA_CLIENT_TOKEN: '00t' }))).toBe('ssws');
    expect(await printed({ tokenCommand: 'flag' }, sources(home, env))).toBe('flag-printed');
  });

  test.each([
    ['two lines', '00token\n00other\n'],
    ['nothing', '\n'],
    ['the scheme', 'SSWS 00token\n'],
    ['a message', 'You are not signed in.\n'],
  ])('that prints %s is refused, and what it printed is not shown', async (_, text) => {
    const from = { ...sources({}, env), runCommand: async () => text };
    const refused: unknown = await printed({ tokenCommand: 'x' }, from).catch((e: unknown) => e);
    expect(refused).toMatchObject({ code: 'CONFIG_CREDENTIALS' });
    expect(String(refused)).not.toMatch(/00token|signed in/);
  });

  test('next to a token in one file, or that is empty, is refused', async () => {
    const both = { [HOME]: 'okta:\n  client:\n    tokenCommand: x\n    token: 00CANARY\n' };
    for (const [flags, from] of [
      [NO_FLAGS, sources(both, env)],
      [{ ...NO_FLAGS, tokenCommand: ' ' }, sources({}, env)],
    ] as const)
      await expect(resolveOrg(flags, from)).rejects.toMatchObject({ code: 'CONFIG_CREDENTIALS' });
  });

  describe('after the org has rejected its token', () => {
    const tokensOf = (values: readonly (string | Error)[]) => {
      const failed: unknown[] = [];
      let nth = 0;
      const run = async () => {
        const value = values[nth++];
        if (value instanceof Error || value === undefined) throw value ?? new Error('asked again');
        return new Secret(value);
      };
      const tokens = new CommandTokens({ run, failed: (error) => failed.push(error) });
      return { tokens, failed, ran: () => nth };
    };

    test('runs once for all calls that were rejected, and once for each value', async () => {
      const { tokens, ran } = tokensOf(['a', 'b', 'a']);
      const a = await tokens.current(never);
      const next = await Promise.all([1, 2, 3].map(() => tokens.after(a, never)));
      expect(next.map((token) => token?.reveal())).toEqual(['b', 'b', 'b']);
      expect((await tokens.after(a, never))?.reveal()).toBe('b');
      expect(ran()).toBe(2);
      // Switching between two dead tokens ends.
      const back = await tokens.after(next[0]!, never);
      expect(back?.reveal()).toBe('a');
      expect(await tokens.after(back!, never)).toBeUndefined();
      expect(ran()).toBe(3);
      expect(tokens.known().map((token) => token.reveal())).toEqual(['a', 'b']);
    });

    test('the same token again, or none, is the end: the command does not run a third time', async () => {
      for (const second of ['a', new Error('not signed in')]) {
        const { tokens, failed, ran } = tokensOf(['a', second]);
        const a = await tokens.current(never);
        expect(await tokens.after(a, never)).toBeUndefined();
        expect(await tokens.after(a, never)).toBeUndefined();
        expect([ran(), failed.length]).toEqual([2, second === 'a' ? 0 : 1]);
      }
    });

    test('a call that is given up while it waits leaves the token to the others', async () => {
      const leaving = new AbortController();
      let begun = () => {};
      const isBegun = new Promise<void>((resolve) => (begun = resolve));
      const run = (signal: AbortSignal) => {
        begun();
        if (signal !== leaving.signal) return Promise.resolve(new Secret('b'));
        return new Promise<Secret>((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        );
      };
      const tokens = new CommandTokens({ run, failed: () => undefined });
      const first = tokens.current(leaving.signal);
      const second = tokens.current(never);
      await isBegun;
      leaving.abort(new Error('left'));
      await expect(first).rejects.toThrow('left');
      expect((await second).reveal()).toBe('b');
    });
  });
});

test('a file in the folder that others own or can write is ignored, with a warning', async () => {
  const text = yaml('https://planted.okta.com', '00planted');
  const env = { OKTA_CLIENT_ORGURL: 'https://env.okta.com', OKTA_CLIENT_TOKEN: '00token' };
  const foreign = { text, mode: 0o644, isForeign: true };
  const from = sources({ [LOCAL]: foreign }, env);
  expect((await resolveOrg(NO_FLAGS, from)).host).toBe('env.okta.com');
  expect(from.warnings).toEqual([expect.stringMatching(/okta\.yaml is ignored.*chmod 600/)]);
  await expect(resolveOrg(NO_FLAGS, sources({ [LOCAL]: foreign }))).rejects.toMatchObject({
    code: 'CONFIG_ORG_URL',
  });
});

test('switching off certificate checks is refused, except for an org on this machine', async () => {
  const env = { OKTA_CLIENT_TOKEN: '00token', NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  const resolved = (OKTA_CLIENT_ORGURL: string) =>
    resolveOrg(NO_FLAGS, sources({}, { ...env, OKTA_CLIENT_ORGURL }));
  await expect(resolved('https://acme.okta.com')).rejects.toMatchObject({
    code: 'CONFIG_TLS',
    hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  });
  await expect(resolved('http://127.0.0.1:1')).resolves.toMatchObject({ host: '127.0.0.1:1' });
});

test('what a URL was reduced to is reported', async () => {
  const env = {
    OKTA_CLIENT_ORGURL: 'https://acme-admin.okta.com/admin/users',
    OKTA_CLIENT_TOKEN: '00t',
  };
  const from = sources({}, env);
  expect((await resolveOrg(NO_FLAGS, from)).origin).toBe('https://acme.okta.com');
  expect(from.notes).toEqual([expect.stringContaining('https://acme.okta.com')]);
});

describe('okta.yaml', () => {
  const env = { OKTA_CLIENT_ORGURL: 'https://acme.okta.com', OKTA_CLIENT_TOKEN: '00token' };
  const warningsOf = async (text: string, profile?: string) => {
    const from = sources({ [HOME]: text }, env);
    await resolveOrg({ ...NO_FLAGS, profile }, from).catch(() => undefined);
    return from.warnings;
  };

  test.each([
    ['okta:\n  client:\n    orgurl: https://acme.okta.com', 'okta.client.orgurl', 'orgUrl'],
    ['okta:\n  client:\n    apiToken: 00CANARY', 'okta.client.apiToken', 'token'],
    ['okta:\n  client:\n    client_id: 0oa1', 'okta.client.client_id', 'clientId'],
    ['okta:\n  client:\n    privatKey: x', 'okta.client.privatKey', 'privateKey'],
    ['okta:\n  orgUrl: https://acme.okta.com', 'okta.orgUrl', 'okta.client.orgUrl'],
    ['client:\n  orgUrl: https://acme.okta.com', 'client', 'okta.client'],
    ['token: 00CANARY', 'token', 'okta.client.token'],
    ['okta:\n  client:\n    id: 0oa1', 'okta.client.id', 'clientId'],
  ])(
    '%j: a key that does nothing is reported with the one that was meant',
    async (text, key, meant) => {
      const warnings = await warningsOf(text);
      expect(warnings).toEqual([`${HOME}: ${key} does nothing. Did you mean ${meant}?`]);
      expect(warnings.join()).not.toContain('CANARY');
    },
  );

  test('keys of a profile are checked if it is used; those of the SDKs are fine', async () => {
    const text =
      'okta:\n  client:\n    connectionTimeout: 30\n    proxy: {host: x}\n    bogus: 1\n  profiles:\n    p:\n      tokn: 00CANARY\n';
    expect(await warningsOf(text, 'p')).toEqual([
      `${HOME}: okta.profiles.p.tokn does nothing. Did you mean token?`,
    ]);
    expect(await warningsOf(text)).toEqual([
      expect.stringMatching(
        /okta\.client\.bogus does nothing\. Known keys are orgUrl, token, .* and keyId\.$/,
      ),
    ]);
    // An example of the Java SDK.
    const java = 'cache:\n      enabled: true\n    cacheManager: {defaultTtl: 300}\n';
    expect(await warningsOf(`okta:\n  client:\n    ${java}`)).toEqual([]);
  });

  test.each(['', 'okta:\n', 'okta:\n  client:\n', 'okta:\n  profiles: {p: {token: 00t}}\n'])(
    '%j sets nothing, and what is elsewhere is used',
    async (text) => {
      expect(await tokenOf({}, sources({ [HOME]: text }, env))).toBe('00token');
    },
  );

  test('the profiles of both files are listed, each once', async () => {
    const named = (...names: readonly string[]) =>
      JSON.stringify({ okta: { profiles: Object.fromEntries(names.map((name) => [name, {}])) } });
    const both = { [LOCAL]: named('a', 'b'), [HOME]: named('b', 'c') };
    expect(await profilesIn(sources(both))).toEqual(['a', 'b', 'c']);
    expect(await profilesIn(sources({ [HOME]: 'okta:\n' }))).toEqual([]);
  });

  test('a token in place of a key is not shown', async () => {
    const warnings = await warningsOf(
      'okta:\n  client:\n    00CANARYabcdefghijklmnopqrstuvwxyz0123: x\n',
    );
    expect(warnings).toHaveLength(1);
    expect(warnings.join()).not.toContain('CANARY');
  });

  test('a YAML error is reported by line and column, and quotes nothing', async () => {
    const text = 'okta:\n  client:\n    token: "00CANARY\n';
    await expect(resolveOrg(NO_FLAGS, sources({ [HOME]: text }, env))).rejects.toMatchObject({
      code: 'CONFIG_FILE',
      message: expect.stringMatching(/okta\.yaml, line \d+, column \d+, is not/),
    });
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

test('a service app without scopes requests those of the job, and says which it can do without', async () => {
  const env = {
    OKTA_CLIENT_ORGURL: 'https://acme.okta.com',
    OKTA_CLIENT_PRIVATEKEY: PEM,
    OKTA_CLIENT_CLIENTID: '0oa1',
  };
  const scopesOf = async (OKTA_CLIENT_SCOPES: string) => {
    const { credentials } = await resolveOrg(NO_FLAGS, sources({}, { ...env, OKTA_CLIENT_SCOPES }));
    return credentials.kind === 'oauth' && [credentials.scopes, credentials.optionalScopes];
  };
  for (const none of ['', ' , '])
    expect(await scopesOf(none)).toEqual([
      expect.arrayContaining(['okta.users.manage', 'okta.logs.read']),
      ['okta.policies.read'],
    ]);
  expect(await scopesOf('okta.users.manage')).toEqual([['okta.users.manage'], []]);
});

describe('refused with exit code 2, and no part of a credential in the message', () => {
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

test('files that others can read are reported', async () => {
  const from = sources(
    { '/project/t': { text: 'token-token', mode: 0o644 } },
    { OKTA_CLIENT_ORGURL: 'https://acme.okta.com' },
  );
  await tokenOf({ tokenFile: 't' }, from);
  expect(from.warnings).toHaveLength(1);
});

/** Any YAML, and YAML that looks like the SDKs' own with anything in it. */
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
    anyText(),
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
        tokenCommand: fc.constantFrom(undefined, 'print a token'),
        profile: fc.constantFrom(undefined, 'p', '__proto__', 'constructor'),
      }),
      async (text, env, flags) => {
        try {
          const org = await resolveOrg(flags, sources({ [LOCAL]: text }, env));
          // Only an origin is called, whatever the URL contains.
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

describe('which credential is used', () => {
  const org = { OKTA_CLIENT_ORGURL: 'https://acme.okta.com' };
  const key = { OKTA_CLIENT_PRIVATEKEY: PEM, OKTA_CLIENT_CLIENTID: '0oa1' };
  const token = { OKTA_CLIENT_TOKEN: 'env-token' };
  const mode = (name: string) => ({ OKTA_CLIENT_AUTHORIZATIONMODE: name });

  test.each<[string, ConfigSources['env'], string]>([
    ['a token', token, 'env-token'],
    ['a key', key, 'oauth'],
    ['a token and a key', { ...token, ...key }, 'env-token'],
    ['a token and a key, in the mode SSWS', { ...token, ...key, ...mode('SSWS') }, 'env-token'],
    [
      'a token and a key, in the mode PrivateKey',
      { ...token, ...key, ...mode('PrivateKey') },
      'oauth',
    ],
  ])('%s', async (_, env, used) => {
    expect(await tokenOf({}, sources({}, { ...org, ...env }))).toBe(used);
  });

  test.each<[string, ConfigSources['env'], string]>([
    [
      'a key, in the mode SSWS',
      { ...key, ...mode('SSWS') },
      'No credential for the org was found.',
    ],
    [
      'a mode that does not exist',
      { ...token, ...mode('Basic') },
      'The authorization mode “Basic” is not supported.',
    ],
    ['nothing', {}, 'No credential for the org was found.'],
  ])('%s is refused', async (_, env, message) => {
    await expect(tokenOf({}, sources({}, { ...org, ...env }))).rejects.toMatchObject({
      code: 'CONFIG_CREDENTIALS',
      message,
    });
  });

  test.each([
    [0o600, 0],
    [0o400, 0],
    [0o640, 1],
    [0o604, 1],
  ])('a token file of mode %o has %d warnings about its readers', async (bits, count) => {
    const from = sources({ '/project/t': { text: 'file-token\n', mode: bits } }, org);
    expect(await tokenOf({ tokenFile: 't' }, from)).toBe('file-token');
    expect(from.warnings).toHaveLength(count);
    for (const warning of from.warnings) expect(warning).toContain('chmod 600 t');
  });
});

test('a configuration file is read with its mode, a missing one is none, and one of others is empty', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'okta-reset-config-'));
  const path = join(dir, 'okta.yaml');
  const waiting = { sleep: () => Promise.resolve() };
  try {
    expect(await readConfigFile(path, waiting)).toBeUndefined();
    await writeFile(path, 'okta:\n');
    await chmod(path, 0o640);
    expect(await readConfigFile(path, waiting)).toEqual({
      ...{ text: 'okta:\n', mode: 0o640, isForeign: false },
    });
    await chmod(path, 0o666);
    expect(await readConfigFile(path, waiting)).toEqual({
      ...{ text: '', mode: 0o666, isForeign: true },
      fault: 'other users can write to it (mode 0666)',
    });
    await expect(readConfigFile(join(path, 'in'), waiting)).rejects.toMatchObject({
      code: 'ENOTDIR',
    });
  } finally {
    await rm(dir, { recursive: true });
  }
});
