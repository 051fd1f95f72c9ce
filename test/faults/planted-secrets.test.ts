import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { host } from '../../src/host.ts';
import { makeServiceAppKey } from '../../src/sandbox/oauth/oauth.ts';
import { expectCode } from '../integration/expect-code.ts';
import {
  closeStages,
  filesUnder,
  isEligible,
  PLAIN,
  stage,
  type Stage,
} from '../integration/rig.ts';
import { spawnCommand } from '../integration/spawned.ts';

const TOKEN = '00CANARYtokenCANARYtokenCANARYtokenCANARY2';

type Key = Readonly<Record<string, unknown>>;

let s: Stage;
let key: Key;
let csv: string;
beforeAll(async () => {
  const { publicJwk, privateJwk } = await makeServiceAppKey();
  key = privateJwk;
  s = await stage({
    users: 16,
    mix: PLAIN,
    tokens: [TOKEN],
    app: { keys: [publicJwk] },
    latencyMs: 10,
    clock: host.clock,
  });
  csv = await s.ids([...s.org.users()].filter(isEligible));
});
afterAll(closeStages);

/** The command lines of a process and of all that it started, as everybody on the machine may read them. */
function commandLines(pid: number): readonly string[] {
  const read = (path: string) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  };
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').map(Number);
  return [
    read(`/proc/${pid}/cmdline`),
    read(`/proc/${pid}/comm`),
    ...children.filter((child) => child > 0).flatMap(commandLines),
  ];
}

// Only Linux shows a process’s arguments as a file, as any other user of the machine would see them.
const here = existsSync('/proc/self/cmdline') ? test : test.skip;

here.each([
  ['an API token, with temporary passwords', 'temp-password', 'ssws'],
  ['a private key, with reset links', 'reset-password', 'oauth'],
] as const)(
  'no process argument or title of a run by %s holds a secret',
  async (_what, action, mode) => {
    expectCode(await s.run(['secrets', 'keygen', '--out', `${action}.txt`]), 0);
    const identity = (await filesUnder(s.dir)).get(s.path(`${action}.txt`)) ?? '';
    const env: Record<string, string> =
      mode === 'ssws'
        ? {}
        : {
            OKTA_CLIENT_TOKEN: '',
            OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
            OKTA_CLIENT_CLIENTID: s.org.clientId ?? '',
            OKTA_CLIENT_SCOPES: 'okta.users.manage okta.users.read okta.roles.read',
            OKTA_CLIENT_PRIVATEKEY: JSON.stringify(key),
          };
    const seen = new Set<string>();
    const words = [
      'run',
      '--file',
      csv,
      '--action',
      action,
      '--out',
      action,
      '--yes',
      '--json',
      '-v',
    ];
    const { child, ended } = spawnCommand(
      s,
      [
        ...[...words, '--max-users', '30', ...(mode === 'ssws' ? [] : ['--no-send-email'])],
        ...['--include-status', 'PASSWORD_EXPIRED'],
        ...['--secrets-recipient', /age1[a-z0-9]+/.exec(identity)?.[0] ?? ''],
      ],
      {
        env,
        onStdout: () => {
          for (const line of commandLines(child.pid!)) seen.add(line);
        },
      },
    );
    const ran = await ended;
    expectCode(ran, 0);
    const lines = [...seen].join('\n');
    expect(lines).toContain(`\0--action\0${action}\0`);
    const passwords = [...s.org.users()].flatMap(({ id }) => s.org.currentTempPassword(id) ?? []);
    if (action === 'temp-password') expect(passwords).toHaveLength(14);
    const sealedWith = /AGE-SECRET-KEY-\S+/.exec(identity)?.[0] ?? '';
    expect(sealedWith).not.toBe('');
    const planted = [TOKEN, String(key['d']), String(key['p']), sealedWith, ...passwords];
    const said = [lines, ran.stdout, ran.stderr].join('\n');
    expect(planted.filter((secret) => said.includes(secret))).toEqual([]);
    expect(said).not.toMatch(/eyJ[\w-]+\.|reset-password\/|recoveryToken/);
  },
  60_000,
);
