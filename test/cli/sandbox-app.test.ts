import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withOneRsaKey } from './one-rsa-key.ts';
import { startCliRig, type CliRig, type Ended } from './rig.ts';

afterAll(withOneRsaKey());

let rig: CliRig;
beforeEach(async () => {
  rig = await startCliRig({ users: 1 });
});
afterEach(() => rig.close());

/** What a shell keeps from lines that are typed into it. */
function exported(text: string): Readonly<Record<string, string>> {
  const lines = text.matchAll(/^\s*export (\w+)=(?:'([^']*)'|(\S+))$/gm);
  return Object.fromEntries(
    [...lines].map(([, name = '', quoted, bare = '']) => [name, quoted ?? bare]),
  );
}

/** Starts the sandbox from the command line, and types other lines against what it prints. Ctrl-C ends it. */
async function besideSandbox<T>(
  flags: readonly string[],
  work: (env: Readonly<Record<string, string | undefined>>) => Promise<T>,
): Promise<{ readonly ended: Ended; readonly result: T }> {
  let printed = '';
  let listening: () => void = () => undefined;
  const up = new Promise<void>((resolve) => (listening = resolve));
  const ended = rig.type(['sandbox', '--users', '60', '--limit', 'off', ...flags], {
    onOut: (text) => {
      printed += text;
      if (printed.includes('Ctrl-C ends it')) listening();
    },
  });
  const early = ended.then(({ err }) => {
    throw new Error(`The sandbox ended: ${err}`);
  });
  await Promise.race([up, early]);
  early.catch(() => undefined);
  try {
    const result = await work({ OKTA_CLIENT_TOKEN: undefined, ...exported(printed) });
    rig.press('SIGINT');
    return { ended: await ended, result };
  } finally {
    rig.press('SIGINT');
  }
}

const RUN = ['run', '--plan', 'p', '--yes', '--max-users', '60'];

describe('sandbox --service-app', () => {
  test.each([[['--dpop']], [[]]])(
    'makes a key of mode 0600, and the printed lines work for a plan and a run (%j)',
    async (flags) => {
      const { result, ended } = await besideSandbox(
        ['--service-app', 'key.pem', ...flags],
        async (env) => {
          expect(env).toMatchObject({
            OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
            OKTA_CLIENT_PRIVATEKEY: join(rig.dir, 'key.pem'),
          });
          const doctor = await rig.type(['doctor', '--json'], { env });
          const plan = await rig.type(['plan', '--all', '--out', 'p'], { env });
          const run = await rig.type(RUN, { env });
          const stats = (await (
            await fetch(`${env['OKTA_CLIENT_ORGURL'] ?? ''}/sandbox/stats`)
          ).json()) as { readonly effects: { readonly resets: { readonly total: number } } };
          return { doctor, plan, run, resets: stats.effects.resets.total };
        },
      );
      expect(ended.code).toBe(0);
      const { doctor, plan, run, resets } = result;
      expect([doctor.code, plan.code, run.code]).toEqual([0, 0, 0]);
      expect(doctor.events).toContainEqual(
        expect.objectContaining({ subject: 'scopes', level: 'good' }),
      );
      expect(resets).toBeGreaterThan(10);
      const key = join(rig.dir, 'key.pem');
      expect((await stat(key)).mode & 0o777).toBe(0o600);
      const secret = (await rig.read('key.pem')).split('\n')[1] ?? '';
      for (const { out, err } of [ended, doctor, plan, run])
        expect(out + err).not.toContain(secret);
    },
  );

  test('uses a key that exists, and the same seed makes the same app as before', async () => {
    const clientOf = async () => {
      const { result } = await besideSandbox(['--service-app', 'key.pem'], async (env) => {
        expect((await rig.type(['users', '--all'], { env })).code).toBe(0);
        return env['OKTA_CLIENT_CLIENTID'];
      });
      return [result, await rig.read('key.pem')];
    };
    expect(await clientOf()).toEqual(await clientOf());
  });

  test('grants exactly the scopes that are named', async () => {
    const flags = ['--service-app', 'key.pem', '--scopes', 'okta.users.read'];
    const { result } = await besideSandbox(flags, async (env) => {
      await rig.type(['plan', '--all', '--include-admins', '--out', 'p'], { env });
      return [await rig.type(['doctor'], { env }), await rig.type(RUN, { env })];
    });
    const [doctor, run] = result;
    expect([doctor?.code, doctor?.out]).toEqual([
      6,
      expect.stringMatching(/BAD +scopes +okta\.users\.manage is not requested/),
    ]);
    expect(run?.code).toBe(6);
  });
});

test('--roles makes an owner who is not allowed to', async () => {
  const { result } = await besideSandbox(['--roles', 'READ_ONLY_ADMIN'], async (env) => {
    await rig.type(['plan', '--all', '--include-admins', '--out', 'p'], { env });
    return rig.type(RUN, { env });
  });
  expect(result.code).toBe(6);
});

test('--roles none leaves a service app its scopes, and nothing to use them on', async () => {
  const flags = ['--service-app', 'key.pem', '--roles', 'none'];
  const { result } = await besideSandbox(flags, (env) => rig.type(['users', '--all'], { env }));
  expect([result.code, result.err]).toEqual([6, expect.stringContaining('E0000006')]);
});

test('--scanned opens the links in emails before their readers do, and followup shows it', async () => {
  const { result } = await besideSandbox(['--scanned', '100'], async (env) => {
    await rig.type(['plan', '--all', '--out', 'p'], { env });
    const run = await rig.type(RUN, { env });
    return { run, followup: await rig.type(['followup', 'p', '--json'], { env }) };
  });
  expect([result.run.code, result.followup.code]).toEqual([0, 0]);
  const { counts, users } = result.followup.events.find(({ type }) => type === 'followup');
  expect(users).toBeGreaterThan(10);
  expect(counts['link-used']).toBe(users);
});

test('--search-lag lets a search find the state from before a run', async () => {
  const search = ['users', '--search', 'status eq "ACTIVE"', '--format', 'csv'];
  const { result } = await besideSandbox(['--search-lag', '1h'], async (env) => {
    const before = await rig.type(search, { env });
    await rig.type(['plan', '--all', '--include-admins', '--out', 'p'], { env });
    const run = await rig.type(RUN, { env });
    return { before, run, after: await rig.type(search, { env }) };
  });
  expect(result.run.code).toBe(0);
  expect(result.before.out.split('\n').length).toBeGreaterThan(10);
  expect(result.after.out).toBe(result.before.out);
});

test.each([
  [['--dpop'], '--dpop works only with --service-app'],
  [['--scopes', 'okta.users.read'], '--scopes works only with --service-app'],
  [['--roles', 'BOSS'], '--roles does not know “BOSS”'],
  [['--service-app', 'no/such/folder/key.pem'], 'Create its folder, or choose another one'],
  [['--service-app', 'words.txt'], 'private key cannot be used'],
])('%j is refused', async (flags, says) => {
  await writeFile(join(rig.dir, 'words.txt'), 'no key\n');
  const { code, err } = await rig.type(['sandbox', ...flags]);
  expect([code, err]).toEqual([2, expect.stringContaining(says)]);
});
