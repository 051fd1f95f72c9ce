import { afterAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expectCode } from '../integration/expect-code.ts';
import {
  closeStages,
  filesUnder,
  isEligible,
  mailsByUser,
  outcomes,
  PLAIN,
  readCsv,
  stage,
  writesSeen,
} from '../integration/rig.ts';

afterAll(closeStages);

const YES = ['--yes', '--max-users', '1000', '-q'];

describe('a token revoked after 20 of 50', () => {
  test('stops within a round of calls, exit code 6, and a new token finishes', async () => {
    const s = await stage({
      users: 52,
      seed: 9,
      mix: PLAIN,
      latencyMs: 5,
      chaos: 'revoke-token-after=20',
    });
    const csv = await s.ids([...s.org.users()].filter(isEligible));
    const ran = await s.run(['run', '--file', csv, '--out', 'run', ...YES]);
    expectCode(ran, 6);
    expect(ran.stdout).toMatch(/okta-reset resume \S*run/);
    const first = outcomes(await readCsv(s.path('run', 'results.csv')));
    // What was in flight might have been accepted before the token ended.
    expect(first['succeeded']).toBeGreaterThanOrEqual(20);
    expect(first['succeeded']).toBeLessThanOrEqual(30);
    expect(first['not-attempted']).toBe(50 - first['succeeded']!);
    expect(mailsByUser(s.org).size).toBe(first['succeeded']);

    const dead = await s.run(['resume', 'run', '-q']);
    expectCode(dead, 6);
    const env = { OKTA_CLIENT_TOKEN: s.org.issueToken() };
    expectCode(await s.run(['resume', 'run', '-q'], { env }), 0);
    const mails = mailsByUser(s.org);
    expect([mails.size, Math.max(...mails.values())]).toEqual([50, 1]);
    expect(outcomes(await readCsv(s.path('run', 'results.csv')))).toEqual({ succeeded: 50 });
  });
});

describe('a next link', () => {
  test('to a foreign host is followed at the org itself, and the credential never goes there', async () => {
    const seen: unknown[] = [];
    const foreign = createServer((request, response) => {
      seen.push(request.headers);
      response.end('[]');
    });
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
    const { port } = foreign.address() as AddressInfo;
    try {
      const s = await stage({
        users: 250,
        chaos: `foreign-next=http://127.0.0.1:${port},all:redirect=0%`,
      });
      for (const argv of [
        ['plan', '--all', '--out', 'run'],
        ['plan', '--group', 'Everyone', '--out', 'run2'],
      ])
        expectCode(await s.run(argv), 0);
      const { stdout } = await s.run(['users', '--all', '--format', 'ndjson']);
      const { length } = stdout.trim().split('\n');
      expect(length).toBe(
        [...s.org.users()].filter(({ status }) => status !== 'DEPROVISIONED').length,
      );
      for (const run of ['run', 'run2']) {
        const plan = await readFile(s.path(run, 'plan.jsonl'), 'utf8');
        const ids = [...plan.matchAll(/"userId":"(\w+)"/g)].map(([, id]) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.length).toBeGreaterThanOrEqual(length);
      }
      expect([seen, writesSeen(s.org)]).toEqual([[], 0]);
    } finally {
      foreign.close();
    }
  });

  test('in a circle is detected', async () => {
    const s = await stage({ users: 250, chaos: 'loop-next=on' });
    const ran = await s.run(['plan', '--all', '--out', 'run']);
    expectCode(ran, 7);
    expect(ran.stderr).toMatch(/circle/);
    expect(writesSeen(s.org)).toBe(0);
  });
});

describe('planted secrets', () => {
  const CANARY_TOKEN = '00CANARYtokenCANARYtokenCANARYtokenCANARY1';

  test('appear in no file, stream, event or log, whatever goes wrong', async () => {
    const s = await stage({
      users: 40,
      mix: PLAIN,
      tokens: [CANARY_TOKEN],
      chaos: 'cut-body=20%,reset=20%,500=10%,garbage=5%,all:html-502=2%',
    });
    expectCode(await s.run(['secrets', 'keygen', '--out', 'key.txt']), 0);
    const key = await filesUnder(s.dir);
    const recipient = /age1[a-z0-9]+/.exec([...key.values()].join(''))![0];
    const csv = await s.ids([...s.org.users()].filter(isEligible));
    const said: string[] = [];
    const passwords: string[] = [];
    const runs = [
      ['plan', '--file', csv, '--action', 'temp-password', '--out', 'plan', '-v'],
      [
        'run',
        '--file',
        csv,
        '--action',
        'temp-password',
        '--out',
        'run',
        '--secrets-recipient',
        recipient,
        ...YES,
        '-v',
      ],
      [
        'run',
        '--file',
        csv,
        '--no-send-email',
        '--include-status',
        'PASSWORD_EXPIRED',
        '--out',
        'links',
        '--secrets-recipient',
        recipient,
        ...YES,
        '-v',
        '--json',
      ],
      ['report', 'run', '-v'],
      ['report', 'run', '--format', 'json'],
      ['doctor', '-v'],
      ['rerun', 'run', '--dry-run', '--only', 'succeeded', '--out', 'dry', '-v'],
      ['resume', 'run', '--org', 'http://example.com', '-v'],
      ['resume', 'run', '--token-file', 'key.txt', '-v'],
    ];
    for (const argv of runs) {
      const ran = await s.run(argv);
      said.push(ran.stdout, ran.stderr);
      passwords.push(
        ...[...s.org.users()].flatMap(({ id }) => s.org.currentTempPassword(id) ?? []),
      );
    }
    expect(passwords.length).toBeGreaterThanOrEqual(38);
    const files = await filesUnder(s.dir);
    const identity = /AGE-SECRET-KEY-\S+/.exec([...key.values()].join(''))![0];
    const log = [...files.keys()].filter((path) => path.endsWith('run.log'));
    expect(log.length).toBeGreaterThan(0);
    for (const [path, text] of [
      ...files,
      ...said.map((text, at) => [`stream ${at}`, text] as const),
    ]) {
      const found = [
        CANARY_TOKEN,
        ...passwords,
        ...(path.endsWith('key.txt') ? [] : [identity]),
      ].filter((secret) => text.includes(secret));
      expect([path, found]).toEqual([path, []]);
      expect([path, /signin\/reset-password\//.test(text)]).toEqual([path, false]);
    }
  }, 60_000);
});

describe('temporary passwords under lost answers', () => {
  test('the last one issued to every finished user opens with the key, and nobody is left out', async () => {
    const s = await stage({
      users: 62,
      seed: 13,
      mix: PLAIN,
      chaos: 'cut-body=10%,reset-after=10%,reset-before=8%,garbage=4%,html-502=4%',
    });
    expectCode(await s.run(['secrets', 'keygen', '--out', 'key.txt']), 0);
    const recipient = /age1[a-z0-9]+/.exec((await filesUnder(s.dir)).get(s.path('key.txt'))!)![0];
    const csv = await s.ids([...s.org.users()].filter(isEligible));
    const argv = ['run', '--file', csv, '--action', 'temp-password', '--out', 'run', ...YES];
    expectCode(await s.run(argv), 2);
    expect(writesSeen(s.org)).toBe(0);
    expectCode(await s.run([...argv, '--secrets-recipient', recipient]), 0);
    const opened = await s.run(['secrets', 'open', 'run', '--identity', 'key.txt']);
    expectCode(opened, 0);
    const secrets = new Map(
      opened.stdout
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => {
          const [id = '', , secret = ''] = line.trim().split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
          return [id, secret.replace(/^"|"$/g, '').replaceAll('""', '"')] as const;
        }),
    );
    const rows = await readCsv(s.path('run', 'results.csv'));
    expect(outcomes(rows)).toEqual({ succeeded: 60 });
    for (const row of rows) {
      const id = row['_user_id']!;
      expect([id, secrets.get(id)]).toEqual([id, s.org.currentTempPassword(id)]);
    }
    expect(rows.some((row) => row['_reason'] === 'reissued')).toBe(true);
  }, 60_000);
});
