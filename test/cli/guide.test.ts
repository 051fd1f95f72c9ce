import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { guide } from '../../src/cli/guide/guide.ts';
import type { Prompter } from '../../src/cli/terminal/prompter.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { openTerminal } from '../../src/cli/terminal/terminal.ts';
import { StopRequest } from '../../src/app/run/interrupt.ts';
import { makeServiceAppKey } from '../../src/sandbox/oauth/oauth.ts';
import { workbookOf } from '../selection/workbook.ts';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

let rig: CliRig;
beforeEach(async () => {
  rig = await startCliRig({ users: 60 });
});
afterEach(() => rig.close());

const FLAGS = { json: false, quiet: false, verbose: false, color: false, input: true };

/** Answers from a list, `^C` leaves; refuses an answer that was not offered or does not pass the check. */
function scripted(answers: readonly (string | readonly string[])[]) {
  const left = [...answers];
  const told: string[] = [];
  const next = (message: string) => {
    const answer = left.shift();
    if (answer === undefined) throw new Error(`nothing answers “${message}”`);
    if (answer === '^C') throw new StopRequest('SIGINT');
    told.push(message);
    return answer;
  };
  const prompter: Prompter = {
    begin: (title) => void told.push(title),
    choose: async (message, choices) => {
      const answer = next(message);
      const chosen = choices.find(({ value }) => value === answer);
      if (chosen === undefined) throw new Error(`“${message}” does not offer ${String(answer)}`);
      return chosen.value;
    },
    several: async (message, choices, ticked) => {
      const answer = next(message);
      if (answer === 'as ticked') return ticked;
      return choices.map(({ value }) => value).filter((value) => answer.includes(value));
    },
    ask: async (message, { check }) => {
      for (;;) {
        const answer = String(next(message));
        const wrong = check(answer);
        if (wrong === undefined) return answer;
        told.push(wrong);
      }
    },
    askSecret: async (message) => String(next(message)),
    note: (title, lines) => void told.push([title, ...lines].join('\n')),
    problem: (lines) => void told.push(...lines),
    end: (lines) => void told.push(...lines),
  };
  return { prompter, told: () => told.join('\n'), left };
}

async function walk(
  answers: readonly (string | readonly string[])[],
  env: Readonly<Record<string, string | undefined>> = {},
  typed = '',
) {
  const script = scripted(answers);
  const { host, out, err } = rig.host({
    env,
    tty: true,
    stdin: typed,
    // The canary waits for mail scanners.
    onErr: (text) => text.includes('waits 2 min') && rig.clock.move(121_000),
  });
  const code = await guide({
    prompter: script.prompter,
    terminal: openTerminal(host, FLAGS),
    call: (argv, elsewhere, previewed) => runCli(argv, elsewhere, '0.0.0', previewed),
  });
  return { code, out: out(), err: err(), told: script.told(), left: script.left };
}

const lastRunId = async () => (await readdir(join(rig.dir, 'reports'))).sort().at(-1) ?? '';
const resets = () => rig.org.stats().effects.resets.total;

describe('the guided start', () => {
  test('goes from a typed org to a run over a file, and shows the command line that does the same', async () => {
    const ids = eligible(rig.org, 4);
    await writeFile(
      join(rig.dir, 'users.csv'),
      `User Id,Name\n${ids.map((id) => `${id},x\n`).join('')}`,
    );
    const host = new URL(rig.org.url).host;
    const { code, told, err, out, left } = await walk(
      [
        ...['typed', 'acme', `${rig.org.url}/admin/users`, 'token', rig.org.token],
        ...['file', 'users.csv', 'yes', 'reset-password', ['--revoke-sessions']],
        'canary',
      ],
      { OKTA_CLIENT_ORGURL: undefined, OKTA_CLIENT_TOKEN: undefined },
      `4@${host}\n`,
    );
    expect([code, left]).toEqual([0, []]);
    expect(resets()).toBe(4);
    expect(told).toContain('“acme” is not a web address');
    expect(told).toContain(`The org is ${rig.org.url}; the rest of its URL is left out.`);
    expect(told).toContain('Users by column “User Id”');
    expect(told).toContain(`line 2: ${ids[0] ?? ''}`);
    expect(err).toContain(`Reset the passwords of 4 users on ${host}, and end their sessions.`);
    expect(out.match(/would be acted on/g)).toHaveLength(1);
    expect(told).toContain(
      `okta-reset run --file users.csv --revoke-sessions --org ${rig.org.url}`,
    );
    expect(told).toContain('read -rs OKTA_CLIENT_TOKEN && export OKTA_CLIENT_TOKEN');
    expect(told).toMatch(/okta-reset followup reports\/\S+ --org http/);
    expect(told).toContain(`export OKTA_CLIENT_ORGURL=${rig.org.url}`);
    expect(told).not.toContain(rig.org.token);
  });

  test('asks once which sheet of a workbook, and selects users from events', async () => {
    const [first = '', second = ''] = eligible(rig.org, 2);
    const sheets = [first, second].map((id, at) => ({
      name: `List ${at}`,
      rows: [['User Id'], [id]],
    }));
    await writeFile(join(rig.dir, 'two.xlsx'), workbookOf(sheets));
    const file = await walk([
      'known',
      'file',
      'two.xlsx',
      'List 1',
      'yes',
      'reset-password',
      [],
      'later',
    ]);
    expect([file.code, file.left]).toEqual([0, []]);
    expect(file.told.match(/Which sheet/g)).toHaveLength(1);
    expect(file.told).toContain("okta-reset run --file two.xlsx --sheet 'List 1'");
    const url = `${rig.org.url}/sandbox/sign-ins?users=60`;
    expect((await fetch(url, { method: 'POST' })).status).toBe(201);
    const expression = 'eventType eq "user.session.start"';
    const log = await walk([
      'new',
      'known',
      'log',
      expression,
      'actor',
      'reset-password',
      [],
      'later',
    ]);
    expect([log.code, log.left]).toEqual([0, []]);
    expect(log.told).toContain(`run --log '${expression}' --log-who actor`);
  });

  test('a bad token is reported at once and asked for again', async () => {
    const { code, told } = await walk([
      'typed',
      rig.org.url,
      'token',
      '00wrong',
      'again',
      rig.org.token,
      'all',
      'reset-password',
      [],
      'later',
    ]);
    expect(code).toBe(0);
    expect(told).toMatch(/BAD +credential/);
    expect(resets()).toBe(0);
  });

  test('only what failed is asked for again: an org out of reach, a file, a column', async () => {
    const page = createServer((_, response) =>
      response.writeHead(302, { location: 'https://portal.hotel.example/' }).end(),
    );
    page.listen(0, '127.0.0.1');
    await once(page, 'listening');
    const elsewhere = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
    const typed = ['typed', elsewhere, 'token', rig.org.token];
    const [id = ''] = eligible(rig.org, 1);
    await writeFile(join(rig.dir, 'users.csv'), `Who,Name\n${id},x\n`);
    const { code, left } = await walk(
      [
        ...[...typed, 'retry', 'org', 'typed', rig.org.url, 'token', rig.org.token],
        ...['file', 'usres.csv', 'file', 'users.csv', 'column', 'Nmae', 'column', 'Who', 'yes'],
        ...['reset-password', [], 'later'],
      ],
      { OKTA_CLIENT_ORGURL: undefined, OKTA_CLIENT_TOKEN: undefined },
    );
    page.close();
    expect([code, left]).toEqual([0, []]);
  });

  test('accepts a service app by client id, key file and scopes, and prints what sets it again', async () => {
    const { publicJwk, privateJwk } = await makeServiceAppKey();
    await rig.close();
    rig = await startCliRig({ users: 60, app: { keys: [publicJwk] } });
    await writeFile(join(rig.dir, 'key.jwk'), JSON.stringify(privateJwk), { mode: 0o600 });
    const search = `id eq "${eligible(rig.org, 1)[0] ?? ''}"`;
    const clientId = rig.org.clientId ?? '';
    const app = ['app', clientId, JSON.stringify(privateJwk), 'key.jwk'];
    const scopes = 'okta.users.manage okta.roles.read';
    const { code, told, left } = await walk(
      [
        ...['typed', rig.org.url, ...app, 'typed', scopes],
        ...['search', search, 'reset-password', [], 'run'],
      ],
      { OKTA_CLIENT_ORGURL: undefined, OKTA_CLIENT_TOKEN: undefined },
      `1@${new URL(rig.org.url).host}\n`,
    );
    expect([code, left, resets()]).toEqual([0, [], 1]);
    expect(told).toContain('not the key: this screen shows');
    expect(told).toContain(`credential: service app ${clientId}`);
    expect(told).toContain('okta.logs.read is not requested');
    expect(told).toContain(
      [
        `export OKTA_CLIENT_ORGURL=${rig.org.url}`,
        'export OKTA_CLIENT_AUTHORIZATIONMODE=PrivateKey',
        `export OKTA_CLIENT_CLIENTID=${clientId}`,
        `export OKTA_CLIENT_PRIVATEKEY=${join(rig.dir, 'key.jwk')}`,
        `export OKTA_CLIENT_SCOPES='${scopes}'`,
      ].join('\n'),
    );
  });

  test('a service app that does not work is reported at once and asked for again', async () => {
    const { code, told } = await walk([
      ...['typed', rig.org.url, 'app', '0oa1', '0oa1b2c3d4e5f6g7h8i9', 'none.pem', 'all'],
      ...['org', 'known', 'all', 'reset-password', [], 'later'],
    ]);
    expect(code).toBe(0);
    expect(told).toContain('It is on the app’s page');
    expect(told).toContain('there is no readable file of that name');
    expect(resets()).toBe(0);
  });

  test('temporary passwords get a key first, and the run seals to it', async () => {
    const host = new URL(rig.org.url).host;
    const search = `id eq "${eligible(rig.org, 1)[0] ?? ''}"`;
    const { code, told } = await walk(
      ['known', 'search', search, 'temp-password', [], 'make', 'key.txt', 'run'],
      {},
      `1@${host}\n`,
    );
    expect(code).toBe(0);
    expect(told).toMatch(/--action temp-password --secrets-recipient age1/);
    const opened = await rig.type(['secrets', 'open', '--last', '--identity', 'key.txt']);
    expect(opened.out.trim().split('\n')).toHaveLength(2);
  });

  test('a group or a file that does not exist leads back to the question', async () => {
    const { code, told, left } = await walk([
      ...['known', 'file', 'none.csv', 'group', 'Nobody', 'reset-password', []],
      ...['again', 'all', 'reset-password', [], 'later'],
    ]);
    expect([code, left]).toEqual([0, []]);
    expect(told).toContain('none.csv');
    expect(resets()).toBe(0);
  });

  test('rows of a file that name nobody are shown with what is wrong', async () => {
    const [id = ''] = eligible(rig.org, 1);
    await writeFile(join(rig.dir, 'odd.csv'), `id\n${id}\n#N/A\n`);
    const { told } = await walk([
      ...['known', 'file', 'odd.csv', 'yes', 'reset-password', []],
      'later',
    ]);
    expect(told.match(/^line .*$/gm)).toEqual([
      `line 2: ${id}`,
      expect.stringMatching(/^line 3: #N\/A {2}\S/),
    ]);
  });

  test.each([[['^C']], [['known', '^C']], [['known', 'all', 'reset-password', [], '^C']]])(
    'leaving at %j sends nothing',
    async (answers) => {
      await expect(walk(answers)).rejects.toThrow(StopRequest);
      expect(resets()).toBe(0);
    },
  );

  test('the commands that it runs keep their colors', async () => {
    const { out } = await walk(['known', 'all', 'reset-password', [], 'later'], {
      NO_COLOR: undefined,
    });
    expect(out).toContain('\u001b[1m');
    expect(out).not.toContain('�');
  });

  test('sessions and tokens are ticked', async () => {
    const { told } = await walk(['known', 'all', 'reset-password', 'as ticked', 'later']);
    expect(told).toContain('okta-reset run --all --revoke-sessions --revoke-tokens');
  });

  test('five first: consent to five, how they were read back, and a separate yes to the rest', async () => {
    const host = new URL(rig.org.url).host;
    const users = userFlags(eligible(rig.org, 8)).filter((word) => word !== '--user');
    await writeFile(join(rig.dir, 'ids.csv'), `id\n${users.join('\n')}\n`);
    const script = ['known', 'file', 'ids.csv', 'yes', 'reset-password', [], 'canary'] as const;
    const { code, err, told } = await walk(script, {}, `5@${host}\nno\n`);
    expect([code, resets()]).toEqual([7, 5]);
    expect(told).toMatch(/Continue with the rest:\s+okta-reset resume reports\/\S+\s/);
    expect(err).toContain('waits 2 min');
    expect(err).toContain('5 users read back, and correct:');
    const after = await walk([await lastRunId()], {}, `3@${host}\n`);
    expect([after.code, resets()]).toEqual([0, 8]);
    expect(after.told).toContain('What do you want to do?');
    expect(after.told).not.toContain('Continue with the rest');
  });

  test('after a canary whose email was scanned, the users who are stuck come before the rest', async () => {
    await rig.close();
    rig = await startCliRig({ users: 60, mix: { scanned: 1 } });
    const host = new URL(rig.org.url).host;
    await writeFile(join(rig.dir, 'ids.csv'), `id\n${eligible(rig.org, 8).join('\n')}\n`);
    const script = ['known', 'file', 'ids.csv', 'yes', 'reset-password', [], 'canary'] as const;
    const { code, told, out, err } = await walk(script, {}, `5@${host}\n`);
    expect([code, resets(), err]).toEqual([5, 5, err]);
    expect(told).toMatch(
      /First see which canary users are stuck[^]*okta-reset followup reports\/\S+\s[^]*Continue with the rest when you have fixed the cause of the stop:\s+okta-reset resume reports\/\S+$/,
    );
    const next = out.slice(out.indexOf('Next'));
    expect(next.indexOf('okta-reset followup')).toBeLessThan(next.indexOf('okta-reset resume'));
    const { out: runs } = await rig.type(['runs', '--json']);
    expect(JSON.parse(runs)).toMatchObject({ next: [{ does: { kind: 'followup' } }, {}] });
  });

  test('a plan that waits is offered first, and executed with what it needs', async () => {
    const host = new URL(rig.org.url).host;
    expect((await rig.type(['plan', ...userFlags(eligible(rig.org, 2))])).code).toBe(0);
    rig.clock.move(3 * 3_600_000);
    const { code, left, told, out } = await walk([await lastRunId(), 'run'], {}, `2@${host}\n`);
    expect([code, left, resets()]).toEqual([0, [], 2]);
    expect(out).toMatch(/These figures are from the time of the plan, 3 h ago\. Each user is read/);
    expect(told).toContain('What do you want to do?');
  });

  test('rehearses on a made-up org', async () => {
    const { code, told } = await walk(['sandbox', 'all', 'expire-password', [], 'later']);
    expect(code).toBe(0);
    expect(told).toContain('okta-reset run --all --action expire-password');
  });
});

test('without a terminal and a command, okta-reset prints what there is and exits with 2', async () => {
  const { code, err } = await rig.type([]);
  expect([code, err]).toEqual([2, expect.stringContaining('okta-reset demo')]);
});
