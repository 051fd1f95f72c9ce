import { afterAll, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import { onFileCalls } from '../disk/file-calls.ts';
import { expectCode } from './expect-code.ts';
import { closeStages, mailsByUser, PLAIN, stage, type Ran, type Stage } from './rig.ts';

afterAll(closeStages);

const AGREED = 3;

/** The users of an org, except the first two: the token's own, and an admin. */
const plainUsers = (s: Stage) => [...s.org.users()].slice(2);
const newStage = () => stage({ users: 2 + 2 * AGREED, mix: PLAIN });

/** Replaces the bytes of a file: in the file, or with another file under its name. */
function put(path: string, text: string, how: 'written' | 'renamed'): void {
  const place = how === 'written' ? path : `${path}.new`;
  writeFileSync(place, text, { mode: 0o600 });
  if (how === 'renamed') renameSync(place, path);
}

/** What is in the folder of a run by now, with different users in it; run.json fits its plan. */
class Forger {
  readonly #ids: readonly string[];

  constructor(ids: readonly string[]) {
    this.#ids = ids;
  }

  plan(dir: string, how: 'written' | 'renamed'): string | undefined {
    const path = join(dir, 'plan.jsonl');
    if (!existsSync(path)) return undefined;
    let plan = readFileSync(path, 'utf8');
    for (let at = 0; at < AGREED; at += 1)
      plan = plan.replaceAll(this.#ids[at] ?? '', this.#ids[at + AGREED] ?? '');
    put(path, plan, how);
    return plan;
  }

  planAndRun(dir: string): void {
    const plan = this.plan(dir, 'renamed');
    const path = join(dir, 'run.json');
    if (plan === undefined || !existsSync(path)) return;
    const planDigest = createHash('sha256').update(plan).digest('hex');
    const run: RunFile = JSON.parse(readFileSync(path, 'utf8'));
    put(path, JSON.stringify({ ...run, planDigest }), 'renamed');
  }
}

/** Runs a command in separate folders. Returns how many emails each user got from it. */
function executor(s: Stage, argvOf: (dir: string) => readonly string[], prepared?: string) {
  const ids = plainUsers(s).map(({ id }) => id);
  const counts = () => {
    const mails = mailsByUser(s.org);
    return ids.map((id) => mails.get(id) ?? 0);
  };
  let nth = 0;
  return async (
    swap: (dir: string, call: number) => void,
  ): Promise<{ readonly ran: Ran; readonly mails: readonly number[] }> => {
    nth += 1;
    // Each is in a separate folder, because otherwise they would know of each other's work.
    const parent = s.path(`at-${nth}`);
    mkdirSync(parent, { mode: 0o700 });
    const dir = join(parent, 'run');
    if (prepared !== undefined) cpSync(prepared, dir, { recursive: true });
    const before = counts();
    const stop = await onFileCalls((call) => swap(dir, call));
    const ran = await s.run(argvOf(dir)).finally(stop);
    rmSync(parent, { recursive: true });
    return { ran, mails: counts().map((count, at) => count - (before[at] ?? 0)) };
  };
}

/** Of all calls on files; test/plan/swapped-plan.test.ts tries each call of what reads plans. */
const MOMENTS = 10;

/** Swaps at one call on a file that the command makes, then at a later one; returns the exit codes. */
async function swapEverywhere(
  execute: ReturnType<typeof executor>,
  swap: (dir: string) => void,
): Promise<ReadonlySet<number>> {
  let calls = 0;
  const whole = await execute((_, call) => (calls = call));
  expectCode(whole.ran, 0);
  expect(whole.mails.slice(0, AGREED)).toEqual([1, 1, 1]);
  expect(calls).toBeGreaterThan(10);
  const codes = new Set<number>();
  for (let nth = 0; nth < MOMENTS; nth += 1) {
    const moment = 1 + Math.floor((nth * (calls - 1)) / (MOMENTS - 1));
    const { ran, mails } = await execute((dir, call) => call === moment && swap(dir));
    const seen = { moment, code: ran.code, stderr: ran.stderr };
    expect({ ...seen, others: mails.slice(AGREED) }).toEqual({ ...seen, others: [0, 0, 0] });
    expect(Math.max(...mails)).toBeLessThanOrEqual(1);
    if (ran.code === 0) expect(mails.slice(0, AGREED)).toEqual([1, 1, 1]);
    else expect(ran.stderr).toContain('PLAN_CHANGED');
    codes.add(ran.code);
  }
  return codes;
}

test('a plan that is swapped at any moment of its run: only users who were agreed to are acted on', async () => {
  const s = await newStage();
  const ids = plainUsers(s).map(({ id }) => id);
  const forger = new Forger(ids);
  const csv = await s.ids(plainUsers(s).slice(0, AGREED));
  const base = s.path('base', 'run');
  expectCode(await s.run(['plan', '--file', csv, '--no-lookup', '--out', base]), 0);
  const yes = ['--confirm', `${AGREED}@${s.host}`];
  const execute = executor(s, (dir) => ['run', '--plan', dir, ...yes], base);
  const codes = await swapEverywhere(execute, (dir) => forger.plan(dir, 'written'));
  expect(codes).toContain(5);
});

test('plan and run.json that are swapped after they were shown: only what was shown is executed', async () => {
  const s = await newStage();
  const forger = new Forger(plainUsers(s).map(({ id }) => id));
  const csv = await s.ids(plainUsers(s).slice(0, AGREED));
  const yes = ['--confirm', `${AGREED}@${s.host}`];
  const execute = executor(s, (dir) => [
    ...['run', '--file', csv, '--no-lookup', '--out', dir],
    ...yes,
  ]);
  const codes = await swapEverywhere(execute, (dir) => forger.planAndRun(dir));
  expect(codes).toContain(5);
});
