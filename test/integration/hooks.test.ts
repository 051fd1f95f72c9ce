import { afterAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { host } from '../../src/host.ts';
import { expectCode } from './expect-code.ts';
import {
  closeStages,
  fastClock,
  mailsByUser,
  PLAIN,
  stage,
  type Ran,
  type Stage,
  type Surroundings,
} from './rig.ts';

afterAll(closeStages);

const ajv = new Ajv({ allErrors: true, strictRequired: false });
addFormats.default(ajv);
const path = new URL('../../schemas/hook.schema.json', import.meta.url);
const valid = ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as object);

const YES = ['--yes', '--max-users', '100', '--canary-wait', '0'];

/** A stage with a folder that hooks write into, and a run of 12 users with these hooks. */
async function hooked(
  hooks: (heard: string) => readonly string[],
  { flags = [], ...around }: Surroundings & { readonly flags?: readonly string[] } = {},
  world: Parameters<typeof stage>[0] = {},
): Promise<{ readonly s: Stage; readonly ran: Ran; readonly heard: string }> {
  const s = await stage({ users: 14, mix: PLAIN, clock: host.clock, ...world });
  const heard = s.path('heard');
  await mkdir(heard);
  const csv = await s.ids(s.org.users());
  const given = hooks(heard).flatMap((command) => ['--hook', command]);
  const ran = await s.run(
    ['run', '--file', csv, '--out', 'run', ...YES, ...flags, ...given],
    around,
  );
  return { s, ran, heard };
}

async function told(heard: string): Promise<readonly Record<string, unknown>[]> {
  const names = await readdir(heard);
  const texts = await Promise.all(names.map((name) => readFile(`${heard}/${name}`, 'utf8')));
  const events = texts.map((text) => JSON.parse(text) as Record<string, unknown>);
  return events.sort((a, b) => (String(a['at']) < String(b['at']) ? -1 : 1));
}

/** Resolves when a process has gone. If one stays, the test runs into its time limit. */
async function gone(pid: string): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (stat === '' || / Z /.test(stat)) return;
    // The system needs a moment for what was killed.
    await host.clock.sleep(10, new AbortController().signal);
  }
}

const LISTEN = (heard: string) => [`cat > "$(mktemp ${heard}/XXXXXX)"`];

describe('a hook', () => {
  test('is called when the run begins, waits, tries a few and ends, as its schema says', async () => {
    const clock = fastClock(10);
    const flags = ['--canary', '2', '--per-minute', '60'];
    const { s, ran, heard } = await hooked(LISTEN, { flags, clock }, { clock });
    expectCode(ran, 0);
    const events = await told(heard);
    for (const event of events)
      expect([event, valid(event), ajv.errorsText(valid.errors)]).toEqual([
        event,
        true,
        'No errors',
      ]);
    const hooks = events.map((event) => event['hook']);
    expect(hooks[0]).toBe('started');
    expect(hooks.at(-1)).toBe('finished');
    expect(new Set(hooks)).toEqual(new Set(['started', 'canary', 'paused', 'finished']));
    // The same cause of waiting is reported once in ten minutes.
    const causes = events.filter(({ hook }) => hook === 'paused').map(({ cause }) => cause);
    expect(new Set(causes).size).toBe(causes.length);
    expect(events.at(-1)).toMatchObject({
      host: s.host,
      dir: s.path('run'),
      action: 'reset-password',
      counts: { succeeded: 12 },
    });
  });

  test('is called for a stop, and for the run that continues after it', async () => {
    const s = await stage({ users: 14, mix: PLAIN, clock: host.clock });
    const heard = s.path('heard');
    await mkdir(heard);
    const hook = ['--hook', LISTEN(heard)[0]!];
    const csv = await s.ids(s.org.users());
    const running = s.start(
      ['run', '--file', csv, '--out', 'run', '--json', '--concurrency', '1', ...YES, ...hook],
      { onStdout: (text) => text.includes('"type":"row"') && running.signal('SIGTERM') },
    );
    const ran = await running.ended;
    expectCode(ran, 143);
    expectCode(await s.run(['resume', 'run', ...hook]), 0);
    const events = await told(heard);
    expect(events.map(({ hook: at }) => at)).toEqual([
      ...['started', 'stopped', 'finished'],
      ...['started', 'finished'],
    ]);
    expect(events[1]).toMatchObject({ stop: { kind: 'signal', signal: 'SIGTERM' } });
    expect(events.at(-1)).toMatchObject({ counts: { succeeded: 12 } });
  });

  test('inherits no credential, under any name, and nothing of the run is put into its command', async () => {
    const env = { MY_VAULT: 'x', MY_CHAT: 'https://chat.example/hook' };
    const s = await stage({ users: 4, mix: PLAIN, clock: host.clock });
    const csv = await s.writeCsv(
      '$(touch planted);.csv',
      `id\n${[...s.org.users()].map(({ id }) => `${id}\n`).join('')}`,
    );
    const out = s.path('env');
    const ran = await s.run(
      ['run', '--file', csv, '--out', '$(touch planted)', ...YES, '--hook', `env > ${out}`],
      { env: { ...env, MY_TOKEN: `SSWS ${s.org.token}` } },
    );
    expectCode(ran, 0);
    const seen = await readFile(out, 'utf8');
    expect(seen).toContain('MY_CHAT=https://chat.example/hook');
    expect(seen).not.toMatch(/^OKTA_/m);
    expect(seen).not.toContain(s.org.token);
    expect(await readdir(s.dir)).not.toContain('planted');
  });

  test.each([
    ['fails', 'echo why it failed >&2; exit 3', /ended with 3/, 'why it failed'],
    ['floods', 'exec yes', /wrote more than 64 KiB/, ''],
    ['is not there', 'no-such-hook-of-okta-reset', /ended with 127/, 'not found'],
  ])('that %s causes a warning, and the run continues', async (_, command, warning, logged) => {
    const { s, ran } = await hooked(() => [command]);
    expectCode(ran, 0);
    expect(ran.stderr.replaceAll(/\s+/g, ' ')).toMatch(warning);
    expect(mailsByUser(s.org).size).toBe(12);
    const log = await readFile(s.path('run', 'run.log'), 'utf8');
    expect(log).toContain('"hook":"started"');
    expect(log).toContain(logged);
  });

  test('that hangs or leaves something behind delays nothing, and is gone when the run has ended', async () => {
    const clock = fastClock(10);
    const { s, ran, heard } = await hooked(
      (dir) => [
        `echo $$ > "$(mktemp ${dir}/XXXXXX)"; exec sleep 600`,
        `sleep 600 & echo $! > "$(mktemp ${dir}/XXXXXX)"`,
      ],
      { clock },
      { clock },
    );
    expectCode(ran, 0);
    expect(mailsByUser(s.org).size).toBe(12);
    expect(ran.stderr).toMatch(/still running at the end|took longer/);
    const pids = await Promise.all(
      (await readdir(heard)).map((name) => readFile(`${heard}/${name}`, 'utf8')),
    );
    expect(pids.length).toBeGreaterThanOrEqual(2);
    // One that was killed before it could write its number has left an empty file.
    for (const pid of pids.map((text) => text.trim()).filter((text) => text !== ''))
      await gone(pid);
  });

  test('writes nothing to run.log that would control a terminal, and no token', async () => {
    const { s, ran } = await hooked(() => [
      "printf '\\033[31mred\\233 %s\\n' 'SSWS 00abcdefghijklmnopqrstuvwxyz'",
    ]);
    expectCode(ran, 0);
    const log = await readFile(s.path('run', 'run.log'), 'utf8');
    expect(log).toContain('red');
    expect(log).not.toMatch(/[\u0000-\u0009\u001b\u009b]/);
    expect(log).not.toContain('00abcdefghijklmnopqrstuvwxyz');
  });

  test('that is empty is refused', async () => {
    const s = await stage({ users: 2 });
    expectCode(await s.run(['run', '--all', '--hook', ' ']), 2);
  });
});
