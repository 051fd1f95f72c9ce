import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../src/cli/line/commands.ts';
import { parseCall } from '../../src/cli/line/parse.ts';
import { DEFAULTS } from '../../src/config/defaults.ts';
import { EXIT } from '../../src/domain/codes/exit-code.ts';
import { ROOT } from '../docs/documents.ts';
import {
  DEPLOY,
  jobSupervisor,
  MANIFESTS,
  readManifest,
  readUnit,
  setting,
  spanMs,
  unitSupervisor,
  type Ended,
  type Supervisor,
} from './supervision.ts';

const UNIT = 'okta-reset@.service';
const unit = readUnit(UNIT);
const job = readManifest('kubernetes/job.yaml');
const desk = readManifest('kubernetes/desk.yaml');
const textOf = (...path: readonly string[]) => readFileSync(join(...path), 'utf8');

const SUPERVISORS: readonly (readonly [string, Supervisor])[] = [
  [UNIT, unitSupervisor(unit)],
  ['kubernetes/job.yaml', jobSupervisor(job)],
];

describe.each(SUPERVISORS)('%s', (_, supervisor) => {
  const ends: readonly (readonly [Ended, boolean])[] = [
    ...Object.values(EXIT).map((code): readonly [Ended, boolean] => [
      { code, signal: null },
      code === EXIT.incomplete || code === EXIT.sigint || code === EXIT.sigterm,
    ]),
    [{ code: null, signal: 'SIGKILL' }, true],
    [{ code: null, signal: 'SIGTERM' }, true],
    [{ code: 137, signal: null }, true],
    [{ code: 134, signal: null }, true],
  ];

  test.each(ends)('after %j starts again: %s', (ended, wanted) => {
    expect(supervisor.restarts(ended)).toBe(wanted);
  });

  test('waits longer and longer', () => {
    const waits = Array.from({ length: 200 }, (_each, index) => supervisor.waitMs(index + 1));
    for (const [index, wait] of waits.slice(1).entries())
      expect(wait).toBeGreaterThanOrEqual(waits[index] ?? 0);
    expect(waits.at(0)).toBeLessThanOrEqual(30_000);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(5 * 60_000);
  });

  test('its command line is valid, with consent to exactly one plan', async () => {
    const words = supervisor.words.filter((word) => word !== '$FLAGS');
    const consent = '4812@acme.okta.com#8f3a21c4';
    const call = await parseCall(
      words.map((word) => word.replace('${CONSENT}', consent)),
      COMMANDS,
      80,
    );
    expect(call).toMatchObject({ kind: 'command', command: { name: 'resume' } });
    if (call.kind === 'command') expect(call.given.get('confirm')).toEqual([consent]);
  });
});

test('neither gives up within a day', () => {
  expect(setting(unit, 'Unit.StartLimitIntervalSec')).toBe('0');
  const { backoffLimit } = job.spec;
  const { waitMs } = jobSupervisor(job);
  const waits = Array.from({ length: backoffLimit }, (_each, index) => waitMs(index + 1));
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(24 * 3_600_000);
});

test('only the manifest whose volume one pod at a time can mount says so', () => {
  const [{ persistentVolumeClaim: claim }] = job.spec.template.spec.volumes;
  const volume = readManifest('kubernetes/volume.yaml');
  expect(volume.metadata.name).toBe(claim.claimName);
  expect(jobSupervisor(job).words).toContain('--exclusive-volume');
  expect(setting(unit, 'Service.ExecStart')).not.toContain('--exclusive-volume');
});

test('the job finds its run under the volume, which the desk mounts at the same place', () => {
  const [inJob] = job.spec.template.spec.containers;
  const [atDesk] = desk.spec.containers;
  expect(inJob.volumeMounts).toEqual([{ name: 'runs', mountPath: '/data' }]);
  expect(atDesk.volumeMounts).toEqual(inJob.volumeMounts);
  expect(desk.spec.volumes).toEqual(job.spec.template.spec.volumes);
  expect(desk.spec.securityContext).toEqual(job.spec.template.spec.securityContext);
  expect(textOf(DEPLOY, 'Containerfile')).toMatch(/^WORKDIR \/data$/m);
});

test('a stop has time for the calls under way and for the hooks', () => {
  const leastMs = DEFAULTS.timeoutMs + DEFAULTS.windowMs + DEFAULTS.hookAtEndMs;
  expect(spanMs(setting(unit, 'Service.TimeoutStopSec'))).toBeGreaterThan(leastMs);
  const { terminationGracePeriodSeconds } = job.spec.template.spec;
  expect(terminationGracePeriodSeconds * 1000).toBeGreaterThan(leastMs);
  expect(setting(unit, 'Service.KillMode')).toBe('mixed');
});

test('the unit and run.env name the same variables', () => {
  const names = [...textOf(DEPLOY, 'run.env').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
  const used = [...setting(unit, 'Service.ExecStart').matchAll(/\$\{?([A-Z_]+)/g)];
  expect(names).toEqual(['OKTA_CLIENT_ORGURL', ...used.map(([, name]) => name)]);
});

test('the container holds the one-file build of this version, and is not root', () => {
  const { version } = JSON.parse(textOf(ROOT, 'package.json')) as { version: string };
  const file = textOf(DEPLOY, 'Containerfile');
  for (const { image } of [...job.spec.template.spec.containers, ...desk.spec.containers])
    expect(image).toBe(`okta-reset:${version}`);
  expect(file).toContain(`-t okta-reset:${version} bundle`);
  const lines = file.split('\n').filter((line) => /^[A-Z]/.test(line));
  expect(lines.map((line) => line.split(' ')[0])).toEqual([
    ...['FROM', 'COPY', 'RUN', 'WORKDIR', 'USER', 'ENTRYPOINT', 'CMD'],
  ]);
  expect(lines).toContain('COPY okta-reset.mjs NOTICE /opt/okta-reset/');
  const { runAsUser, runAsGroup } = job.spec.template.spec.securityContext;
  expect(lines).toContain(`USER ${runAsUser}:${runAsGroup}`);
  const [, major] = /^FROM node:(\d+)-slim$/m.exec(file) ?? [];
  const { engines } = JSON.parse(textOf(ROOT, 'package.json')) as { engines: { node: string } };
  expect(engines.node).toContain(`^${major}.`);
});

const FILES = ['Containerfile', 'run.env', UNIT, ...Object.keys(MANIFESTS)];
const texts = [
  ['docs/services.md', textOf(ROOT, 'docs', 'services.md')],
  ...FILES.map((name) => [`deploy/${name}`, textOf(DEPLOY, name)]),
];
const names = [...new Set(COMMANDS.map(({ name }) => name.split(' ')[0]))].join('|');
const written = texts.flatMap(([where = '', text = '']) =>
  [...text.matchAll(new RegExp(`okta-reset ((?:${names})(?=[\\s\`]|$)[^\`\\n]*)`, 'g'))].map(
    ([, line = '']) => [where, line] as const,
  ),
);

test.each(written)('%s: okta-reset %s', async (_, line) => {
  const words = line.split(/[ ,.;]+(?=\s|$)|\s+/).filter((word) => !['', '$FLAGS'].includes(word));
  const known = words.map((word) =>
    word.replace('${CONSENT}', '4812@acme.okta.com#8f3a21c4').replace('%d/', '/run/'),
  );
  await expect(parseCall(known, COMMANDS, 80)).resolves.toMatchObject({ kind: 'command' });
});

test('every manifest that ships is checked', () => {
  const named = textOf(ROOT, 'docs', 'services.md').match(/kubernetes\/\w+\.yaml/g) ?? [];
  expect([...new Set(named)].sort()).toEqual(Object.keys(MANIFESTS).sort());
  for (const name of Object.keys(MANIFESTS))
    expect(readManifest(name as keyof typeof MANIFESTS)).toHaveProperty('kind');
});
