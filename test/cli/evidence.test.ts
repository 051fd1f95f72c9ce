/** Sealing a run, and verifying it, with real files. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { chainLine, emptyHead } from '../../src/journal/chain.ts';
import { parseRecord } from '../../src/journal/parse-record.ts';
import { EVIDENCE_ENTRIES } from './evidence-entries.ts';
import { eligible, startCliRig, userFlags, type CliRig, type Ended } from './rig.ts';

const ajv = new Ajv({ allErrors: true, strictRequired: false });
addFormats.default(ajv);
const valid = ajv.compile(
  JSON.parse(
    readFileSync(new URL('../../schemas/evidence.schema.json', import.meta.url), 'utf8'),
  ) as object,
);

let rig: CliRig;
let ids: readonly string[];
let dir: string;
let nth = 0;
let counts: Record<string, number>;

beforeAll(async () => {
  rig = await startCliRig({ users: 80 });
  ids = eligible(rig.org, 8);
  const action = ['--action', 'temp-password', '--secrets-plaintext', '--concurrency', '1'];
  const consent = ['--yes', '--max-users', '8', '--json'];
  let rows = 0;
  const onOut = (text: string) => {
    if (text.includes('"type":"row"')) rows += 1;
    if (rows === 5) rig.press('SIGINT');
  };
  const argv = ['run', ...userFlags(ids), ...action, ...consent, '--out', 'base'];
  expect((await rig.type(argv, { onOut })).code).toBe(130);
  const summary = JSON.parse(await rig.read('base/summary.json')) as { counts: unknown };
  counts = summary.counts as Record<string, number>;
  if (counts['not-attempted'] === 0) throw new Error('Nothing is left to be taken up.');
});
afterAll(() => rig.close());

/** A copy of the run in a separate folder under reports/, where runs are. */
beforeEach(() => {
  nth += 1;
  dir = join(rig.dir, `copy-${nth}`, 'run');
  cpSync(join(rig.dir, 'base'), dir, { recursive: true });
});

const at = (name: string) => join(dir, name);
const report = (...flags: readonly string[]): Promise<Ended> => rig.type(['report', dir, ...flags]);
const oneLine = (text: string) => text.replace(/\s+/g, ' ');
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

async function sealed(...flags: readonly string[]): Promise<void> {
  const { code, err } = await report('--seal', '--format', 'json', ...flags);
  if (code !== 0) throw new Error(err);
}

/** Verifies the run. Returns the kinds of what is wrong and of what was added since, with the names that they mention. */
async function verified() {
  const { code, events } = await report('--verify', '--json');
  const found = events.find(({ type }) => type === 'verified') as
    | { faults: { kind: string; name?: string }[]; since: { kind: string; name?: string }[] }
    | undefined;
  const short = ({ kind, name }: { kind: string; name?: string }) =>
    name === undefined ? kind : `${kind} ${name}`;
  return {
    code,
    faults: found?.faults.map(short),
    since: found?.since.map(short),
    error: (events.find(({ type }) => type === 'error') as { code: string } | undefined)?.code,
  };
}

const HOLDS = { code: 0, faults: [], since: [], error: undefined };
const DIFFERS = { code: 3, error: 'EVIDENCE_DIFFERS' };

describe('a sealed run', () => {
  test('has each of its files in evidence.json, and verifies', async () => {
    const { code, err, out } = await report('--seal');
    expect([code, oneLine(err)]).toEqual([0, expect.stringContaining('Sealed: evidence.json')]);
    expect(out).toContain('of 8 users');
    const evidence = JSON.parse(readFileSync(at('evidence.json'), 'utf8')) as {
      files: readonly { name: string; bytes: number; sha256: string }[];
    };
    expect([valid(evidence), valid.errors]).toEqual([true, null]);
    const names = readdirSync(dir).filter((name) => name !== 'evidence.json');
    expect(names).toEqual(expect.arrayContaining(['secrets.jsonl', 'journal.jsonl', 'run.json']));
    expect(evidence.files).toEqual(
      names.map((name) => ({
        name,
        bytes: readFileSync(at(name)).length,
        sha256: sha256(at(name)),
      })),
    );
    const run = JSON.parse(readFileSync(at('run.json'), 'utf8')) as object;
    const journal = readFileSync(at('journal.jsonl'), 'utf8').trim().split('\n');
    const { chain } = JSON.parse(journal.at(-1) ?? '') as { chain: string };
    const told = ['runId', 'host', 'orgId', 'principal', 'spec', 'planDigest', 'rows', 'targets'];
    expect(evidence).toMatchObject({
      ...Object.fromEntries(Object.entries(run).filter(([key]) => told.includes(key))),
      counts,
      invocations: 1,
      journal: { records: journal.length, chainHead: chain },
    });
    expect(readFileSync(at('evidence.json'), 'utf8')).not.toContain('"secret"');
    expect(await verified()).toEqual(HOLDS);
    const told2 = await report('--verify');
    expect([told2.code, told2.out]).toEqual([0, expect.stringContaining('as they were sealed')]);
    expect(told2.out).toContain('The seal is not signed');
  });

  test.each(['run.json', 'plan.jsonl', 'results.csv', 'results.json', 'summary.json'])(
    'in which %s was changed: it is named',
    async (name) => {
      await sealed();
      const text = readFileSync(at(name), 'utf8');
      writeFileSync(at(name), `${text.slice(0, -2)} ${text.slice(-1)}`);
      expect(await verified()).toMatchObject({ ...DIFFERS, faults: [`differs ${name}`] });
    },
  );

  test.each(['report.html', 'secrets.jsonl', 'failed.csv'])(
    'in which %s has grown: it is named',
    async (name) => {
      await sealed();
      appendFileSync(at(name), 'x');
      expect(await verified()).toMatchObject({ ...DIFFERS, faults: [`differs ${name}`] });
    },
  );

  test('in which one file is missing and another is new: both are named', async () => {
    await sealed();
    renameSync(at('results.csv'), at('results-2.csv'));
    const found = { ...DIFFERS, faults: ['missing results.csv', 'new results-2.csv'] };
    expect(await verified()).toMatchObject(found);
    const { code, out, err } = await report('--verify');
    expect([code, out]).toEqual([3, expect.stringContaining('results.csv is missing.')]);
    expect(err).toContain('[EVIDENCE_DIFFERS]');
  });

  test('is not written again by report, but is printed', async () => {
    await sealed();
    const before = readdirSync(dir).map((name) => [name, sha256(at(name))]);
    // Under a different name, the report would have different commands.
    const { code, out, err } = await rig.type(['report', join(dir, '..', 'run', '.')]);
    expect([code, out, oneLine(err)]).toEqual([
      0,
      expect.stringContaining('of 8 users'),
      expect.stringContaining('its files stay as they are'),
    ]);
    expect(readdirSync(dir).map((name) => [name, sha256(at(name))])).toEqual(before);
  });

  test('that is sealed again reports what had changed since', async () => {
    await sealed();
    appendFileSync(at('results.csv'), 'x');
    const { code, err } = await report('--seal', '--format', 'json');
    expect([code, oneLine(err)]).toEqual([
      0,
      expect.stringContaining('Since the earlier seal: results.csv differs'),
    ]);
    expect(await verified()).toEqual(HOLDS);
  });
});

describe('the journal of a sealed run', () => {
  const lines = () => readFileSync(at('journal.jsonl'), 'utf8').trimEnd().split('\n');
  const write = (all: readonly string[]) =>
    writeFileSync(at('journal.jsonl'), `${all.join('\n')}\n`);

  test('that was edited is named, with the line and the row', async () => {
    await sealed();
    const all = lines();
    const n = all.findIndex(
      (line) => line.includes('"kind":"outcome"') && line.includes('"row":3'),
    );
    expect(n).toBeGreaterThan(0);
    write(all.map((line, index) => (index === n ? line.replace('succeeded', 'failed') : line)));
    const { faults, ...rest } = await verified();
    expect(rest).toMatchObject(DIFFERS);
    expect(faults).toEqual(['differs journal.jsonl', 'chain']);
    const { out } = await report('--verify');
    expect(out).toContain(`journal.jsonl breaks at line ${n + 1} (row 3)`);
  });

  test('that was cut off is named', async () => {
    await sealed();
    const all = lines();
    write(all.slice(0, -2));
    expect(await verified()).toMatchObject({
      ...DIFFERS,
      faults: ['differs journal.jsonl', 'rewritten'],
    });
    const { out } = await report('--verify');
    expect(out).toContain(`cut off: ${all.length - 2} records now, ${all.length}`);
  });

  test('that was made again with a complete chain is named', async () => {
    await sealed();
    const { runId } = JSON.parse(readFileSync(at('run.json'), 'utf8')) as { runId: string };
    let { link } = emptyHead(runId);
    const forged = lines().map((line, index) => {
      const parsed = parseRecord(line.replace(/"at":"\d{4}/, '"at":"2001'));
      if (parsed === undefined) throw new Error(line);
      const next = chainLine(link, index + 1, parsed.record);
      link = next.link;
      return next.line.trimEnd();
    });
    write(forged);
    expect(await verified()).toMatchObject({
      ...DIFFERS,
      faults: ['differs journal.jsonl', 'rewritten'],
    });
    expect((await report('--verify')).out).toContain(
      'its chain is complete, but it is not the one',
    );
  });

  test('can have a hand-over and a mark added, which are listed', async () => {
    await sealed();
    const consent = ['--yes', '--max-users', '8'];
    const next = join(dir, '..', 'next');
    const rerun = await rig.type(['rerun', dir, ...consent, '--secrets-plaintext', '--out', next]);
    expect([rerun.code, rerun.err]).toEqual([0, expect.anything()]);
    writeFileSync(at('handed-out.jsonl'), '', { mode: 0o600 });
    expect(await verified()).toEqual({
      ...HOLDS,
      since: expect.arrayContaining(['records', 'new handed-out.jsonl']),
    });
    const { out } = await report('--verify');
    expect(out).toMatch(/handed-over: \d rows?, to run /);
  });

  test('is unchanged after a later follow-up, whose list is reported as replaced', async () => {
    const followup = () => rig.type(['followup', dir, '-q']);
    expect((await followup()).code).toBe(0);
    await sealed();
    const id = ids[0] ?? '';
    rig.org.finish(id);
    expect((await followup()).code).toBe(0);
    expect(await verified()).toEqual({ ...HOLDS, since: ['replaced followup.csv'] });
    expect((await report('--verify')).out).toContain('followup.csv was written again.');
  });

  test('of a run that continued has grown, and the reports it wrote again are named', async () => {
    await sealed();
    const { host } = new URL(rig.org.url);
    const resume = ['resume', dir, '--confirm', `8@${host}`, '--secrets-plaintext'];
    const resumed = await rig.type(resume);
    expect([resumed.code, resumed.err]).toEqual([0, expect.anything()]);
    const { faults, since, ...rest } = await verified();
    expect(rest).toMatchObject(DIFFERS);
    // The number of secrets depends on what the rerun in another test has done to the same users.
    expect(faults).toEqual(expect.arrayContaining(['differs results.csv', 'differs summary.json']));
    expect(since).toContain('records');
    await sealed();
    expect(await verified()).toEqual(HOLDS);
  });

  test('that is damaged is not sealed', async () => {
    const all = lines();
    write(all.map((line, index) => (index === 2 ? line.replace('"row"', '"low"') : line)));
    const { code, err } = await report('--seal');
    expect([code, err]).toEqual([3, expect.stringContaining('[RUN_DAMAGED]')]);
    expect(existsSync(at('evidence.json'))).toBe(false);
  });

  test('that ends in half a record is sealed up to the last complete one', async () => {
    appendFileSync(at('journal.jsonl'), '{"seq":');
    await sealed();
    truncateSync(at('journal.jsonl'), readFileSync(at('journal.jsonl')).length - 7);
    expect(await verified()).toEqual(HOLDS);
  });
});

describe('a hostile evidence.json', () => {
  const edit = (change: (evidence: Record<string, unknown>) => unknown): void => {
    const evidence = JSON.parse(readFileSync(at('evidence.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    writeFileSync(at('evidence.json'), JSON.stringify(change(evidence)));
  };

  test.each(EVIDENCE_ENTRIES)('%s: nothing outside the run is opened', async (_what, name) => {
    await sealed();
    mkdirSync(join(dir, '..', 'outside'));
    writeFileSync(join(dir, '..', 'outside', 'file'), 'x');
    const entry = { name, bytes: 1, sha256: createHash('sha256').update('x').digest('hex') };
    edit((evidence) => ({ ...evidence, files: [...(evidence['files'] as object[]), entry] }));
    expect(await verified()).toMatchObject({ ...DIFFERS, faults: [`missing ${name}`] });
    const { out, err } = await report('--verify', '--no-color');
    expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  test.each([
    ['that is no JSON', '{'],
    ['that is something else', '[]'],
    ['that is larger than any seal', ' '.repeat(1024 * 1024 + 1)],
  ])('%s is refused', async (_what, text) => {
    await sealed();
    writeFileSync(at('evidence.json'), text);
    const { code, err } = await report('--verify');
    expect([code, err]).toEqual([3, expect.stringContaining('[EVIDENCE_MISSING]')]);
  });

  test('that names a file twice, or with another size, is refused too', async () => {
    await sealed();
    edit((e) => ({ ...e, files: [...(e['files'] as object[]), ...(e['files'] as object[])] }));
    expect(await verified()).toMatchObject({ code: 3, error: 'EVIDENCE_MISSING' });
    await sealed();
    edit((e) => ({
      ...e,
      files: (e['files'] as object[]).map((file) => ({ ...file, bytes: Number.MAX_SAFE_INTEGER })),
    }));
    const { code, faults } = await verified();
    expect([code, faults?.filter((fault) => fault.startsWith('differs')).length]).toEqual([
      3,
      readdirSync(dir).length - 1,
    ]);
  });

  test('that contradicts the files of its run is reported', async () => {
    await sealed();
    edit((e) => ({
      ...e,
      host: 'other.okta.com',
      counts: { ...(e['counts'] as object), failed: 9 },
    }));
    const found = { ...DIFFERS, faults: ['claim run.json', 'claim summary.json'] };
    expect(await verified()).toMatchObject(found);
  });

  test('or a file that is a link is not followed', async () => {
    await sealed();
    const victim = join(dir, '..', 'victim');
    renameSync(at('results.csv'), victim);
    symlinkSync(victim, at('results.csv'));
    expect(await verified()).toMatchObject({ ...DIFFERS, faults: ['unusable results.csv'] });
    renameSync(at('evidence.json'), `${victim}-2`);
    symlinkSync(`${victim}-2`, at('evidence.json'));
    const { code, err } = await report('--verify');
    expect([code, err]).toEqual([5, expect.stringContaining('[FILE_NOT_YOURS]')]);
  });
});

test('a run without a seal is reported as unsealed', async () => {
  const { code, err } = await report('--verify');
  expect([code, err]).toEqual([3, expect.stringContaining('[EVIDENCE_MISSING]')]);
});

test.each([
  [['--seal', '--verify']],
  [['--sign-key', 'k']],
  [['--signers', 's']],
  [['--verify', '--format', 'csv']],
])('%j makes no sense', async (flags) => {
  const { code, err } = await report(...flags);
  expect([code, err]).toEqual([2, expect.stringContaining('[USAGE]')]);
});

test('a folder in the run is not sealed with it, and the output says so', async () => {
  mkdirSync(at('more'));
  const { code, err } = await report('--seal');
  expect([code, err]).toEqual([5, expect.stringContaining('[FILE_NOT_YOURS]')]);
  rmSync(at('more'), { recursive: true });
  await sealed();
  mkdirSync(at('more'));
  expect(await verified()).toMatchObject({ ...DIFFERS, faults: ['new more'] });
});
