import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { runCli } from '../../src/cli/run-cli.ts';
import { textWidth } from '../../src/text/layout.ts';
import { startCliRig, userFlags, type CliRig, type Ended } from './rig.ts';

const YES = ['--yes', '--max-users', '1000'];
let rig: CliRig;
let ids: readonly string[];

beforeEach(async () => {
  rig = await startCliRig({ users: 12, mix: { statuses: { ACTIVE: 1 }, providers: { OKTA: 1 } } });
  ids = [...rig.org.users()].filter(({ admin }) => !admin).map(({ id }) => id);
});

afterEach(() => rig.close());

const said = ({ out, err }: Ended) => stripVTControlCharacters(err + out).replace(/\s+/g, ' ');
const path = (...parts: readonly string[]) => join(rig.dir, ...parts);
const out = (name: string) => ['--out', `reports/${name}`];

async function coded(code: number, ...argv: readonly string[]): Promise<Ended> {
  const ended = await rig.type(argv);
  expect([argv, ended.code, ended.code === code ? '' : said(ended)]).toEqual([argv, code, '']);
  return ended;
}

/** Types a command on a terminal, where `answers` are typed too. */
const answered = (answers: string, ...argv: readonly string[]) =>
  rig.type(argv, { tty: true, stdin: answers });

async function stopped(name: string, users: readonly string[]): Promise<void> {
  const argv = ['run', ...userFlags(users), ...out(name), '--concurrency', '1', ...YES, '--json'];
  const ended = await rig.type(argv, {
    onOut: (text) => text.includes('"type":"row"') && rig.press('SIGINT'),
  });
  expect(ended.code).toBe(130);
}

interface Listed {
  readonly type: string;
  readonly runId: string;
  readonly dir: string;
  readonly state: string;
  readonly action: string;
  readonly host: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly next: readonly { readonly command: string }[];
}

async function listed(...argv: readonly string[]): Promise<ReadonlyMap<string, Listed>> {
  const { events } = await coded(0, 'runs', ...argv, '--json');
  return new Map(
    (events as readonly Listed[])
      .filter(({ type }) => type === 'run')
      .map((run) => [run.dir.split('/').at(-1) ?? '', run]),
  );
}

describe('runs', () => {
  test('shows how far each run is, newest first, and what continues it', async () => {
    await coded(0, 'run', ...userFlags(ids.slice(0, 3)), ...out('finished'), ...YES);
    await stopped('stopped', ids.slice(3, 7));
    await coded(0, 'plan', ...userFlags(ids.slice(7)), ...out('planned'));
    await answered('no\n', 'run', ...userFlags(ids.slice(7)), ...out('declined'));
    const runs = await listed();
    expect([...runs].map(([name, { state }]) => [name, state])).toEqual([
      ['declined', 'declined'],
      ['planned', 'planned'],
      ['stopped', 'stopped'],
      ['finished', 'finished'],
    ]);
    const first = (name: string) => runs.get(name)?.next[0]?.command;
    expect(first('finished')).toBe('okta-reset followup reports/finished');
    expect(first('stopped')).toBe('okta-reset resume reports/stopped');
    expect(first('planned')).toBe('okta-reset run --plan reports/planned');
    expect(runs.get('finished')).toMatchObject({
      counts: { succeeded: 3 },
      action: 'reset-password',
    });
    const { succeeded = 0, 'not-attempted': left = 0 } = runs.get('stopped')?.counts ?? {};
    expect([succeeded > 0, left > 0, succeeded + left]).toEqual([true, true, 4]);

    const { out: screen } = await coded(0, 'runs');
    const lines = screen.split('\n');
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(80);
    expect(screen).toMatch(/^RUN +AGE +ACTION +ORG +STATE$/m);
    expect(screen).toMatch(/^stopped .* reset-password +127\.0\.0\.1\S* +stopped$/m);
    expect(screen).toContain('3 succeeded');
  });

  test('fits the terminal, and is the same for a file whatever the terminal is', async () => {
    await coded(0, 'plan', ...userFlags(ids), ...out('planned'));
    const widthAt = async (columns: number, tty: boolean) => {
      const { host, out: printed } = rig.host({ tty });
      const stdout = { ...host.stdout, size: () => ({ columns, rows: 40 }) };
      expect(await runCli(['runs'], { ...host, stdout }, '0.0.0')).toBe(0);
      const table = stripVTControlCharacters(printed()).split('\n').slice(0, 2);
      return Math.max(...table.map(textWidth));
    };
    expect(await widthAt(48, true)).toBeLessThanOrEqual(48);
    expect(await widthAt(48, false)).toBeGreaterThan(48);
  });

  test('is 80 columns wide in a file', async () => {
    for (let length = 1; length <= 60; length += 1)
      await mkdir(path('odd', 'x'.repeat(length)), { recursive: true });
    for (let length = 1; length <= 60; length += 1)
      await writeFile(path('odd', 'x'.repeat(length), 'run.json'), '{');
    const { out: screen } = await coded(0, 'runs', '--in', 'odd');
    expect(Math.max(...screen.split('\n').map(textWidth))).toBe(78);
  });

  test('names the org if the environment names another one', async () => {
    await coded(0, 'plan', ...userFlags(ids), ...out('p1'));
    const env = { OKTA_CLIENT_ORGURL: 'https://acme.okta.com' };
    const { out: screen } = await rig.type(['runs'], { env });
    expect(screen).toContain(`okta-reset run --plan reports/p1 --org ${rig.org.url}`);
  });

  test('accepts several folders, and says if one is empty', async () => {
    await coded(0, 'plan', ...userFlags(ids), '--out', 'a/p1');
    await coded(0, 'plan', ...userFlags(ids), '--out', 'b/p2');
    expect([...(await listed('--in', 'a', '--in', 'b')).keys()]).toEqual(['p2', 'p1']);
    expect((await coded(0, 'runs')).out).toMatch(/^No runs in reports\.$/m);
  });

  test.each(['nowhere', 'a-file'])('of a folder that is not there (%s) says so', async (folder) => {
    await writeFile(path('a-file'), '');
    const { code, err } = await rig.type(['runs', '--in', folder]);
    expect([code, err]).toEqual([3, expect.stringContaining(`There is no folder ${folder}.`)]);
  });

  test('is not disturbed by what else is there', async () => {
    await coded(0, 'run', ...userFlags(ids), ...out('good'), ...YES);
    const bad = async (name: string) => {
      await mkdir(path('reports', name));
      return path('reports', name, 'run.json');
    };
    await writeFile(await bad('json'), '{');
    await writeFile(await bad('huge'), Buffer.alloc(9 * 1024 * 1024, ' '));
    await symlink('/dev/zero', await bad('device'));
    execFileSync('mkfifo', [await bad('pipe')]);
    await mkdir(await bad('folder'), { recursive: true });
    await writeFile(path('reports', 'file'), 'x');
    await symlink('/', path('reports', 'root'));
    const run = JSON.parse(await rig.read('reports/good/run.json')) as { host: string };
    for (const file of ['journal.jsonl', 'index.jsonl', 'lock', 'secrets.jsonl']) {
      const json = await bad(`pipe-${file}`);
      await writeFile(json, JSON.stringify({ ...run, host: 'evil\u001b[31m.example' }));
      execFileSync('mkfifo', [path('reports', `pipe-${file}`, file)]);
    }
    const { out: screen, err } = await coded(0, 'runs');
    expect(screen).toMatch(/^good .* finished$/m);
    for (const name of ['json', 'huge', 'device', 'pipe', 'folder'])
      expect(screen).toContain(`reports/${name} is not a readable run`);
    expect(screen + err).not.toContain('\u001b');
    // They do not delay a plan either.
    await coded(0, 'plan', ...userFlags(ids), ...out('next'));
  });
});

describe('--last', () => {
  const resets = () => rig.org.stats().effects.resets.total;

  test('never means a plan that was declined, or that nobody has executed', async () => {
    await answered('no\n', 'run', ...userFlags(ids), ...out('declined'));
    await coded(0, 'plan', ...userFlags(ids), ...out('planned'));
    for (const argv of [
      ['resume', '--last'],
      ['rerun', '--last', ...YES],
    ])
      expect((await coded(3, ...argv)).err).toMatch(/RUN_NOT_FOUND/);
    expect(resets()).toBe(0);
    await coded(0, 'run', ...userFlags(ids.slice(0, 2)), ...out('done'), ...YES);
    await answered('no\n', 'run', ...userFlags(ids.slice(2)), ...out('declined-2'));
    // The run that was executed is meant, and it has ended.
    const resumed = await coded(0, 'resume', '--last');
    expect(said(resumed)).toMatch(
      /--last is reports\/done .*This run ended at .* Nothing was sent this time/,
    );
    expect(resets()).toBe(2);
    expect(said(await coded(0, 'report', '--last'))).toMatch(/--last is reports\/planned|done/);
  });

  test('without a terminal is accepted only if one run can be meant', async () => {
    await stopped('s1', ids.slice(0, 4));
    await coded(0, 'run', ...userFlags(ids.slice(8)), ...out('done'), ...YES);
    await stopped('s2', ids.slice(4, 8));
    const before = resets();
    const refused = await coded(2, 'resume', '--last');
    expect(said(refused)).toMatch(/--last could mean 2 runs: reports\/s2 \(reset-password on .*s1/);
    expect(resets()).toBe(before);
    await coded(0, 'resume', 'reports/s2');
    expect(said(await coded(0, 'resume', '--last'))).toMatch(/--last is reports\/s1/);
    expect(rig.org.stats().effects.resets).toMatchObject({ total: ids.length, most: 1 });
  });

  test('on a terminal names the run and asks', async () => {
    await stopped('s1', ids.slice(0, 4));
    const before = resets();
    const no = await answered('\n', 'resume', '--last');
    expect([no.code, resets()]).toEqual([5, before]);
    expect(said(no)).toMatch(
      /--last is reports\/s1 \(reset-password on .* old, \d of 4 done\)\. Is that the run you mean\? Type yes to go on, anything else to stop: Error You did not/,
    );
    expect((await answered('yes\n', 'resume', '--last')).code).toBe(0);
    expect(resets()).toBe(4);
  });

  test('asks which run, and then for consent, in one command', async () => {
    await coded(0, 'plan', ...userFlags(ids.slice(0, 4)), ...out('p1'));
    rig.org.putOutOfReach(ids[0] ?? '');
    await coded(4, 'run', '--plan', 'reports/p1', '--max-failures', '50%', ...YES);
    rig.org.putInReach(ids[0] ?? '');
    const consent = `yes\n1@${new URL(rig.org.url).host}\n`;
    expect((await answered(consent, 'rerun', '--last', ...out('c1'))).code).toBe(0);
    expect(resets()).toBe(4);
  });
});

describe('a run in which nobody was to be acted on', () => {
  test('is finished and not damaged, because it never needed a record', async () => {
    await coded(0, 'run', ...userFlags(ids), ...out('r1'), ...YES);
    await coded(0, 'run', ...userFlags(ids), ...out('r2'), ...YES);
    expect((await listed()).get('r2')).toMatchObject({
      state: 'finished',
      counts: { skipped: ids.length },
    });
    for (const command of ['resume', 'report', 'followup']) {
      const ended = await coded(0, command, 'reports/r2');
      expect([command, said(ended)]).toEqual([command, expect.not.stringMatching(/damaged/)]);
    }
    expect(rig.org.stats().effects.resets).toMatchObject({ total: ids.length, most: 1 });
  });
});

describe('a finished run says that it is finished', () => {
  test.each([
    ['resume', 'reports/r1'],
    ['run', '--plan', 'reports/r1'],
  ])('%s %s', async (...argv) => {
    await coded(0, 'run', ...userFlags(ids), ...out('r1'), ...YES);
    const before = JSON.stringify(rig.org.stats().effects);
    const ended = await coded(0, ...argv);
    expect(said(ended)).toMatch(
      /This run ended at 20\d\d-\d\d-\d\d \d\d:\d\d UTC. Nothing was sent this time\./,
    );
    expect(JSON.stringify(rig.org.stats().effects)).toBe(before);
  });
});
