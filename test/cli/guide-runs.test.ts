/** Which org and which runs the guided start offers, and the command lines that it runs and prints. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { guide } from '../../src/cli/guide/guide.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Host } from '../../src/domain/host.ts';
import { answeringOn, type Answer } from './guide-answers.ts';
import { eligible, startCliRig, userFlags, type CliRig } from './rig.ts';

let rig: CliRig;
beforeEach(async () => {
  rig = await startCliRig({ users: 30 });
});
afterEach(() => rig.close());

const NO_ORG = { OKTA_CLIENT_ORGURL: undefined, OKTA_CLIENT_TOKEN: undefined };

/** Walks through the guide. Plans are really made, and a run is only recorded. */
async function walk(answers: readonly Answer[], env: Host['env'] = {}, runEnds = 0) {
  const { host } = rig.host({ env });
  const ran: (readonly string[])[] = [];
  const hosts: Host[] = [];
  const guided = answeringOn(host, answers, (argv, elsewhere, shown) => {
    hosts.push(elsewhere);
    if (argv[0] === 'plan') return runCli(argv, elsewhere, '0.0.0', shown);
    ran.push(argv);
    return Promise.resolve(runEnds);
  });
  const code = await guide(guided.stage);
  expect(guided.left).toEqual([]);
  return { ...guided, code, ran, hosts };
}

const groupOf = (count: number) =>
  eligible(rig.org, count)
    .map((id) => `id eq "${id}"`)
    .join(' or ');
const planning = (count: number) => ['search', groupOf(count), 'reset-password', []] as const;
const newestRun = async () => (await readdir(`${rig.dir}/reports`)).sort().at(-1) ?? '';

describe('which org', () => {
  test('is the configured one, another one, or a made-up one', async () => {
    const { asked, began } = await walk(['known', ...planning(1), 'later']);
    expect(began).toEqual([
      'okta-reset · nothing is sent until you have seen a preview and said yes',
    ]);
    expect(asked[0]).toEqual([
      'Which org?',
      `known: ${new URL(rig.org.url).host}`,
      'typed: Another org',
      'sandbox: A made-up org',
    ]);
    const none = await walk(
      ['typed', rig.org.url, 'token', rig.org.token, ...planning(1), 'later'],
      NO_ORG,
    );
    expect(none.asked.slice(0, 2)).toEqual([
      ['Which org?', 'typed: My org', 'sandbox: A made-up org'],
      ['Its URL', 'https://acme.okta.com'],
    ]);
  });

  test('a typed one takes the place of everything that the environment says about an org', async () => {
    const env = { ...NO_ORG, OKTA_CLIENT_SCOPES: 'okta.users.read', OTHER: '1' };
    const typed = ['typed', 'acme', rig.org.url, 'token', rig.org.token] as const;
    const { hosts, refused, notes } = await walk([...typed, ...planning(1), 'later'], env);
    expect(hosts[0]?.env).toEqual({
      ...{ CI: '1', OTHER: '1' },
      ...{ OKTA_CLIENT_ORGURL: rig.org.url, OKTA_CLIENT_TOKEN: rig.org.token },
    });
    expect(refused).toEqual([expect.stringContaining('acme')]);
    expect(notes[0]).toEqual([
      'Checked',
      expect.stringMatching(/^ok {4}org: /),
      expect.stringMatching(/^ok {4}credential: /),
      ...(notes[0] ?? []).slice(3),
    ]);
  });

  test.each([60, 300])('is checked in a note that fits %d columns', async (columns) => {
    const { host } = rig.host();
    const stdout = { ...host.stdout, size: () => ({ columns, rows: 40 }) };
    const here = { ...host, stdout };
    const env = { ...host.env, OKTA_CLIENT_TOKEN: '00wrong' };
    const guided = answeringOn({ ...here, env }, ['known', 'leave']);
    await guide(guided.stage).catch(() => undefined);
    const [[title, ...lines] = []] = guided.notes;
    expect(title).toBe('Checked');
    // The frame takes three cells on each side.
    const longest = Math.max(...lines.map((line) => line.length)) + 6;
    const width = Math.min(columns, 110);
    expect([longest <= width, longest > width - 16]).toEqual([true, true]);
  });

  test('after a credential that does not work, only what can help is offered', async () => {
    const typed = ['typed', rig.org.url, 'token', '00wrong', 'org'] as const;
    const { asked } = await walk([...typed, 'known', ...planning(1), 'later']);
    expect(asked.filter(([message]) => message.startsWith('That does not'))).toEqual([
      ['That does not work. What now?', 'again: Type the token again', 'org: Choose the org again'],
    ]);
  });
});

describe('after the preview', () => {
  test.each([
    [8, 'canary', ['--canary', '5'], 'Try 5 users first'],
    [6, 'canary', ['--canary', '5'], 'Try 5 users first'],
    // Five of five are all.
    [5, 'canary', [], 'Try 5 users first'],
    [1, 'canary', [], 'Try 1 user first'],
    [8, 'run', [], 'Try 5 users first'],
  ])('%d users, %s: the run gets %j', async (count, how, flags, label) => {
    const { ran, notes, asked, code } = await walk(['known', ...planning(count), how], {}, 4);
    const dir = `${rig.dir}/reports/${await newestRun()}`;
    expect([ran, code]).toEqual([[['run', '--plan', dir, ...flags]], 4]);
    expect(asked.at(-1)).toEqual([
      'That is the preview. What now?',
      `canary: ${label}`,
      count === 1 ? 'run: Run all 1 user' : `run: Run all ${count} users`,
      'later: Not now',
    ]);
    const [title, line] = notes.at(-1) ?? [];
    expect([title, line]).toEqual([
      'The same as a command',
      expect.stringMatching(/okta-reset run --search /),
    ]);
    expect(line?.endsWith(['', ...flags].join(' '))).toBe(true);
  });

  test('a plan that is kept is printed with what executes it', async () => {
    const { ran, ended, code } = await walk(['known', ...planning(2), 'later']);
    expect([ran, code]).toEqual([[], 0]);
    expect(ended).toEqual([
      'Nothing was sent. When you are ready:',
      '',
      expect.stringMatching(new RegExp(`^ {3}.*run --plan reports/${await newestRun()}$`)),
    ]);
  });

  test('a run that was not agreed to is kept too', async () => {
    const { ended } = await walk(['known', ...planning(2), 'run'], {}, 5);
    expect(ended).toEqual([
      'Nothing was sent. When you are ready:',
      '',
      `   okta-reset run --plan reports/${await newestRun()}`,
    ]);
  });

  test('with nobody to act on there is nothing to ask', async () => {
    const [id = ''] = eligible(rig.org, 1);
    rig.org.suspend(id);
    const search = ['search', `id eq "${id}"`, 'reset-password', []] as const;
    const { ran, ended, code, notes } = await walk(['known', ...search]);
    expect([ran, ended, code]).toEqual([[], ['There is nobody to act on. Nothing was sent.'], 0]);
    expect(notes.map(([title]) => title)).toEqual(['Checked']);
  });

  test('on a made-up org emails are not waited for, and the report stays', async () => {
    const answers = ['sandbox', 'all', 'reset-password', [], 'canary'] as const;
    const { ran, ended, notes, hosts } = await walk(answers);
    const url = hosts[0]?.env['OKTA_CLIENT_ORGURL'] ?? '';
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    expect(ran[0]?.slice(3)).toEqual(['--canary', '5', '--canary-wait', '0']);
    expect(ended).toEqual(['The made-up org ends with this program. The report stays.']);
    expect(notes.at(-1)?.[1]).toMatch(/sandbox {3}# in another terminal/);
  });

  test('without a plan one can choose again, or leave with the code of the plan', async () => {
    const group = ['group', 'Nobody', 'reset-password', []] as const;
    const { asked, code, ran } = await walk(['known', ...group, 'again', ...group, 'leave']);
    expect([code, ran]).toEqual([3, []]);
    expect(asked.at(-1)).toEqual([
      'There is no plan to show. What now?',
      'again: Choose again',
      'leave: Leave',
    ]);
  });
});

describe('runs that wait', () => {
  const plan = async (count: number) => {
    const argv = ['plan', ...userFlags(eligible(rig.org, count)), '-q'];
    expect((await rig.type(argv)).code).toBe(0);
    rig.clock.move(1000);
  };

  test('the newest five are offered, and something new', async () => {
    for (let made = 0; made < 6; made += 1) await plan(1 + (made % 2));
    const { asked } = await walk(['new', 'known', ...planning(1), 'later']);
    const [question = '', ...choices] = asked[0] ?? [];
    expect(question).toBe('What do you want to do?');
    expect(choices).toHaveLength(6);
    expect(choices.slice(0, 2).map((choice) => choice.replace(/^[^:]*: /, ''))).toEqual([
      'Execute the saved plan: 2 users',
      'Execute the saved plan: 1 user',
    ]);
    expect(choices.at(-1)).toBe('new: Something new');
  });

  test('those of a sandbox that is not the configured org are left out', async () => {
    await plan(1);
    const typed = ['typed', rig.org.url, 'token', rig.org.token] as const;
    const { asked } = await walk([...typed, ...planning(1), 'later'], NO_ORG);
    expect(asked[0]?.[0]).toBe('Which org?');
  });

  test('a chosen one is asked about without a preview, and printed only as what continues it', async () => {
    await plan(2);
    const id = await newestRun();
    const { asked, ran, notes } = await walk([id, 'run']);
    expect(asked.at(-1)?.[0]).toBe('What now?');
    expect(ran).toEqual([['run', '--plan', `${rig.dir}/reports/${id}`]]);
    expect(notes.map(([title]) => title)).toEqual(['Checked']);
  });
});
