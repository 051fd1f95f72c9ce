/**
 * The files of deploy/ with the tools that read them, and the one-file build killed again and again on machines with other
 * names.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { consentTo, supervise, type Blow, type Start } from '../deploy/play.ts';
import { DEPLOY, jobSupervisor, readManifest } from '../deploy/supervision.ts';
import { expectCode } from '../integration/expect-code.ts';
import { closeStages, mailsByUser, outcomes, PLAIN, readCsv, stage } from '../integration/rig.ts';
import { host } from '../../src/host.ts';
import { spawnCommand } from '../integration/spawned.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'okta-reset-services-'));
afterAll(async () => {
  await closeStages();
  rmSync(folder, { recursive: true, force: true });
});

const run = (program: string, ...argv: readonly string[]) =>
  spawnSync(program, argv, { encoding: 'utf8' });
const isThere = (program: string, ...argv: readonly string[]) => run(program, ...argv).status === 0;
const testIf = (isPossible: boolean) => (isPossible ? test : test.skip);

testIf(isThere('systemd-analyze', '--version'))('systemd accepts the unit', () => {
  const found = run('systemd-analyze', 'verify', join(DEPLOY, 'okta-reset@.service'));
  // systemd before 254 cannot wait longer each time, and ignores the setting.
  const rest = found.stderr
    .split('\n')
    .filter((line) => !/Unknown key '(?:RestartSteps|RestartMaxDelaySec)'.* ignoring/.test(line));
  expect([found.status, rest.join('\n')]).toEqual([0, '']);
});

/** kubectl prints nothing if nothing changes. */
const OTHER = 'okta-reset:other';

testIf(isThere('kubectl', 'version', '--client'))(
  'Kubernetes knows every member of the job',
  () => {
    const path = join(DEPLOY, 'kubernetes/job.yaml');
    const [{ name }] = readManifest('kubernetes/job.yaml').spec.template.spec.containers;
    // Without a server: the file is read into kubectl’s own types, where a member that they do not have is lost.
    const read = run(
      'kubectl',
      'set',
      'image',
      '--local',
      '-f',
      path,
      `${name}=${OTHER}`,
      '-o',
      'json',
    );
    expect([read.status, read.stderr]).toEqual([0, '']);
    const text = readFileSync(path, 'utf8').replace(/image: \S+/, `image: ${OTHER}`);
    const written = parse(text) as object;
    expect(JSON.parse(read.stdout)).toMatchObject(written);
  },
);

/** A container by its kernel: its own host name, and its own processes, of which it is the first. */
const CONTAINER = ['unshare', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;
const canUnshare = isThere(CONTAINER[0], ...CONTAINER.slice(1), 'true');

(canUnshare ? describe : describe.skip)('in containers', () => {
  const USERS = 60;
  const program = join(folder, 'bin', 'okta-reset');

  beforeAll(() => {
    const made = run(process.execPath, join(ROOT, 'scripts', 'bundle.mjs'), join(folder, 'opt'));
    expect([made.status, made.stderr]).toEqual([0, '']);
    // As deploy/Containerfile does it.
    mkdirSync(join(folder, 'bin'));
    symlinkSync(join(folder, 'opt', 'okta-reset.mjs'), program);
  }, 120_000);

  test('killed at random, each time on a machine with another name, until it is finished; nobody twice', async () => {
    const s = await stage({
      ...{ users: USERS + 2, seed: 3, mix: PLAIN, latencyMs: 100, clock: host.clock },
    });
    const csv = await s.ids(s.org.users());
    expectCode(await s.run(['plan', '--file', csv, '--out', 'reports/night', '-q']), 0);
    const consent = await consentTo(s, 'reports/night');
    const job = jobSupervisor(readManifest('kubernetes/job.yaml'));
    const words = job.words.map((word) => {
      if (word === 'reports/RUN') return 'reports/night';
      return /^\d+@.*#/.test(word) ? consent : word;
    });
    const start: Start = (line, machine, onStdout) => {
      const named = ['sh', '-c', `hostname ${machine}; exec "$@"`, 'sh', program];
      const env = { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` };
      return spawnCommand(s, [...line, '--concurrency', '3', '--timeout', '10s'], {
        ...{ onStdout, env },
        build: [...CONTAINER, ...named],
      });
    };
    const parts = Array.from({ length: 4 }, (_, part) => part);
    const blows = parts.map((part): Blow => ({
      signal: 'SIGKILL',
      mails: 1 + Math.floor(((part + Math.random()) * USERS) / 6),
    }));
    const starts = await supervise(job, words, blows, { start, s });
    expect([blows, starts.map(({ ended }) => ended.signal ?? ended.code)]).toEqual([
      blows,
      [...blows.map(() => 'SIGKILL'), 0],
    ]);
    const mails = mailsByUser(s.org);
    expect([mails.size, Math.max(...mails.values())]).toEqual([USERS, 1]);
    const rows = await readCsv(s.path('reports/night', 'results.csv'));
    expect(outcomes(rows)).toEqual({ succeeded: USERS, skipped: 2 });
    const names = readdirSync(s.dir, { recursive: true }).map(String);
    expect(names.filter((name) => name.endsWith('lock'))).toEqual([]);
    const journal = readFileSync(s.path('reports/night', 'journal.jsonl'), 'utf8');
    const openings = [...journal.matchAll(/"pid":(\d+),"hostname":"machine-(\d)"/g)];
    expect(openings.map(([, pid]) => pid)).toEqual(openings.map(() => '1'));
    // A process that was killed before it began is not in the journal.
    const began = starts.flatMap(({ ended }, at) =>
      ended.stdout.includes('"type":"run-started"') ? [`${at}`] : [],
    );
    const machines = openings.map(([, , machine]) => machine);
    expect(machines).toEqual(expect.arrayContaining(began));
    expect(machines).toEqual([...new Set(machines)].toSorted());
    expect(began).toContain(`${starts.length - 1}`);
  }, 300_000);
});
