import { afterAll, expect, test } from '@jest/globals';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { expectCode } from '../integration/expect-code.ts';
import {
  closeStages,
  fastClock,
  mailsByUser,
  outcomes,
  PLAIN,
  readCsv,
  stage,
} from '../integration/rig.ts';
import { spawnCommand } from '../integration/spawned.ts';
import { consentTo, supervise, type Blow, type Start } from './play.ts';
import { jobSupervisor, readManifest, readUnit, unitSupervisor } from './supervision.ts';

afterAll(closeStages);

const USERS = 40;

/** A plan, as somebody has made and read it, and its org with a fast clock. */
async function planned() {
  const clock = fastClock(30);
  const s = await stage({ users: USERS + 2, seed: 7, mix: PLAIN, clock, latencyMs: 1500 });
  const csv = await s.ids(s.org.users());
  expectCode(await s.run(['plan', '--file', csv, '--out', 'reports/night', '-q']), 0);
  const consent = await consentTo(s, 'reports/night');
  const start: Start = (words, machine, onStdout) =>
    spawnCommand(s, words, { clock, onStdout, env: { HOSTNAME_OF_TEST: machine } });
  return { s, consent, start };
}

/** Somewhere in the first part of the run, later each time, and never twice the same. */
const somewhere = (part: number) => 1 + Math.floor((part + Math.random()) * (USERS / 4));

async function expectOnce({ s }: Awaited<ReturnType<typeof planned>>): Promise<void> {
  const mails = mailsByUser(s.org);
  expect([mails.size, Math.max(...mails.values())]).toEqual([USERS, 1]);
  const rows = await readCsv(s.path('reports/night', 'results.csv'));
  expect(outcomes(rows)).toEqual({ succeeded: USERS, skipped: 2 });
  const left = (await readdir(s.dir, { recursive: true })).filter((name) => name.includes('lock'));
  expect(left).toEqual([]);
}

test('systemd: stopped by a signal and killed, a run is started again until it is finished; nobody twice', async () => {
  const night = await planned();
  const { s, consent, start } = night;
  await writeFile(s.path('token'), s.org.token, { mode: 0o600 });
  const unit = unitSupervisor(readUnit('okta-reset@.service'));
  const known: Readonly<Record<string, readonly string[]>> = {
    '%i': ['night'],
    '${CONSENT}': [consent],
    '%d/token': [s.path('token')],
    $FLAGS: [],
  };
  const words = unit.words.flatMap((word) => known[word] ?? [word]);
  const blows: readonly Blow[] = [
    { signal: 'SIGTERM', mails: somewhere(0) },
    { signal: 'SIGKILL', mails: somewhere(1) },
  ];
  // The machine keeps its name.
  const here: Start = (line, _machine, onStdout) => start(line, 'server', onStdout);
  const starts = await supervise(unit, words, blows, { start: here, s });
  const ends = starts.map(({ ended: { code, signal } }) => ({ code, signal }));
  expect([blows, ends]).toEqual([
    blows,
    [
      { code: 143, signal: null },
      { code: null, signal: 'SIGKILL' },
      { code: 0, signal: null },
    ],
  ]);
  expect(starts.map(({ waitedMs }) => waitedMs)).toEqual([0, 30_000, expect.any(Number)]);
  await expectOnce(night);
}, 90_000);

test('Kubernetes: each pod is killed, and the next one on another machine continues with --exclusive-volume; nobody twice', async () => {
  const night = await planned();
  const { s, consent, start } = night;
  const job = jobSupervisor(readManifest('kubernetes/job.yaml'));
  const words = job.words.map((word) => {
    if (word === 'reports/RUN') return 'reports/night';
    return /^\d+@.*#/.test(word) ? consent : word;
  });
  const blow = (part: number): Blow => ({ signal: 'SIGKILL', mails: somewhere(part) });
  const once = { ...job, restarts: () => false };
  const [first] = await supervise(once, words, [blow(0)], { start, s });
  expect(first?.ended.signal).toBe('SIGKILL');
  // A different host name is not a reason. Only the flag is.
  const journal = () => readFile(s.path('reports/night', 'journal.jsonl'), 'utf8');
  const before = await journal();
  const without = words.filter((word) => word !== '--exclusive-volume');
  const refused = await s.run(without, { hostname: 'machine-1' });
  expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('RUN_LOCKED')]);
  // Every attempt would be there before it left. The org may still be acting on the last ones of the killed process.
  expect(await journal()).toBe(before);
  const starts = await supervise(job, words, [blow(1)], { start, s });
  expect(starts.map(({ ended }) => ended.signal ?? ended.code)).toEqual(['SIGKILL', 0]);
  expect(starts.at(-1)?.ended.stdout).toContain('--exclusive-volume: process');
  await expectOnce(night);
}, 90_000);
