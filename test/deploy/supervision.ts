/** The rules by which systemd and Kubernetes start a run again, read from the files that ship. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT } from '../docs/documents.ts';

export const DEPLOY = join(ROOT, 'deploy');
const textOf = (name: string) => readFileSync(join(DEPLOY, name), 'utf8');

/** How a process ended, as its parent sees it. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
}

/** What starts a run, and starts it again. */
export interface Supervisor {
  /** The words after `okta-reset`, as the file has them. */
  readonly words: readonly string[];
  readonly restarts: (ended: Ended) => boolean;
  /** How long it waits before start number `again`, counted from 1. */
  readonly waitMs: (again: number) => number;
}

export type Unit = ReadonlyMap<string, readonly string[]>;

/** The settings of a unit, by section and key. A key that appears several times has several values. */
export function readUnit(name: string): Unit {
  const found = new Map<string, string[]>();
  let section = '';
  for (const line of textOf(name).split('\n')) {
    if (/^(?:[#;]|\s*$)/.test(line)) continue;
    const title = /^\[(\w+)\]$/.exec(line)?.[1];
    const [, key = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (title !== undefined) section = title;
    else if (key === '') throw new Error(`${name}: not a line of a unit: ${line}`);
    else found.set(`${section}.${key}`, [...(found.get(`${section}.${key}`) ?? []), value]);
  }
  return found;
}

export function setting(unit: Unit, key: string): string {
  const [value, ...more] = unit.get(key) ?? [];
  if (value === undefined || more.length > 0) throw new Error(`${key} must stand once`);
  return value;
}

const UNITS_MS = { s: 1000, min: 60_000 } as const;

/** A span of time in the form of systemd.time(7), with one number and one unit. */
export function spanMs(text: string): number {
  const [, count = '', unit = ''] = /^(\d+)(s|min)$/.exec(text) ?? [];
  if (unit !== 's' && unit !== 'min') throw new Error(`not a span of time: ${text}`);
  return Number(count) * UNITS_MS[unit];
}

/** Ends by these signals are clean for systemd (systemd.service(5), Restart=). */
const CLEAN_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE'];

/** The unit as systemd 254 and later follows it. */
export function unitSupervisor(unit: Unit): Supervisor {
  const list = (key: string) => setting(unit, key).split(' ');
  const prevent = list('Service.RestartPreventExitStatus');
  const force = list('Service.RestartForceExitStatus');
  if (setting(unit, 'Service.Restart') !== 'on-failure') throw new Error('not on-failure');
  const [program, , ...words] = list('Service.ExecStart');
  if (program !== '/usr/bin/env') throw new Error(`unknown program ${program ?? ''}`);
  const first = spanMs(setting(unit, 'Service.RestartSec'));
  const last = spanMs(setting(unit, 'Service.RestartMaxDelaySec'));
  const steps = Number(setting(unit, 'Service.RestartSteps'));
  return {
    words,
    restarts: ({ code, signal }) => {
      const status = signal ?? String(code);
      if (prevent.includes(status)) return false;
      if (force.includes(status)) return true;
      return signal === null ? code !== 0 : !CLEAN_SIGNALS.includes(signal);
    },
    waitMs: (again) =>
      again > steps ? last : first * (last / first) ** (Math.max(0, again - 1) / steps),
  };
}

const container = z.strictObject({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  envFrom: z.array(z.strictObject({ secretRef: z.strictObject({ name: z.string() }) })),
  resources: z
    .strictObject({
      requests: z.strictObject({ cpu: z.string(), memory: z.string() }),
      limits: z.strictObject({ memory: z.string() }),
    })
    .optional(),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  volumeMounts: z.array(z.strictObject({ name: z.string(), mountPath: z.string() })),
});

const podSpec = z.strictObject({
  restartPolicy: z.literal('Never'),
  activeDeadlineSeconds: z.int().optional(),
  terminationGracePeriodSeconds: z.int(),
  automountServiceAccountToken: z.literal(false),
  securityContext: z.strictObject({
    runAsNonRoot: z.literal(true),
    runAsUser: z.int(),
    runAsGroup: z.int(),
    fsGroup: z.int(),
    fsGroupChangePolicy: z.literal('OnRootMismatch'),
    seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
  }),
  containers: z.tuple([container]),
  volumes: z.tuple([
    z.strictObject({
      name: z.string(),
      persistentVolumeClaim: z.strictObject({ claimName: z.string() }),
    }),
  ]),
});

const metadata = z.strictObject({ name: z.string() });

const exitRule = z.strictObject({
  action: z.enum(['FailJob', 'Ignore', 'Count']),
  onExitCodes: z.strictObject({
    containerName: z.string(),
    operator: z.literal('In'),
    values: z.array(z.int().positive()),
  }),
});
const conditionRule = z.strictObject({
  action: z.literal('Ignore'),
  onPodConditions: z.tuple([
    z.strictObject({ type: z.literal('DisruptionTarget'), status: z.literal('True') }),
  ]),
});

/** What the manifests must be: the part of Kubernetes' API that they use, with every member by name. */
export const MANIFESTS = {
  'kubernetes/volume.yaml': z.strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('PersistentVolumeClaim'),
    metadata,
    spec: z.strictObject({
      accessModes: z.tuple([z.literal('ReadWriteOncePod')]),
      resources: z.strictObject({ requests: z.strictObject({ storage: z.string() }) }),
    }),
  }),
  'kubernetes/desk.yaml': z.strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('Pod'),
    metadata,
    spec: podSpec,
  }),
  'kubernetes/job.yaml': z.strictObject({
    apiVersion: z.literal('batch/v1'),
    kind: z.literal('Job'),
    metadata,
    spec: z.strictObject({
      parallelism: z.literal(1),
      completions: z.literal(1),
      backoffLimit: z.int(),
      podReplacementPolicy: z.literal('Failed'),
      podFailurePolicy: z.strictObject({ rules: z.array(z.union([exitRule, conditionRule])) }),
      template: z.strictObject({ spec: podSpec }),
    }),
  }),
} as const;

export function readManifest<N extends keyof typeof MANIFESTS>(
  name: N,
): z.infer<(typeof MANIFESTS)[N]> {
  return MANIFESTS[name].parse(parse(textOf(name))) as z.infer<(typeof MANIFESTS)[N]>;
}

const SIGNAL_CODES: Readonly<Record<string, number>> = { SIGINT: 130, SIGKILL: 137, SIGTERM: 143 };
/** The back-off of the Job controller: 10 s, doubled, 6 minutes at most. */
const JOB_WAIT_MS = { first: 10_000, most: 360_000 } as const;

/** The job as the Job controller follows it, while no node is drained. */
export function jobSupervisor({
  spec,
}: z.infer<(typeof MANIFESTS)['kubernetes/job.yaml']>): Supervisor {
  const [{ name, args = [] }] = spec.template.spec.containers;
  return {
    words: args,
    restarts: ({ code, signal }) => {
      const status = signal === null ? code : (SIGNAL_CODES[signal] ?? 1);
      if (status === 0 || status === null) return false;
      const rule = spec.podFailurePolicy.rules.find(
        (each) =>
          'onExitCodes' in each &&
          each.onExitCodes.containerName === name &&
          each.onExitCodes.values.includes(status),
      );
      return rule?.action !== 'FailJob';
    },
    waitMs: (again) => Math.min(JOB_WAIT_MS.most, JOB_WAIT_MS.first * 2 ** (again - 1)),
  };
}
