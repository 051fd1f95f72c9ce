import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runFileSchema } from '../../src/journal/directory/run-file-schema.ts';
import { fuzzGround, KEY, RUN, STEERS_TERMINAL, typed } from '../fuzz/ground.ts';
import {
  asJsonLines,
  chained,
  digested,
  HOSTILE,
  linesOf,
  planted,
  textPaths,
  withFiles,
  type Line,
} from './forgery.ts';
import { startFront, type OwnAnswer } from './front.ts';
import { closeStages, type Stage } from './rig.ts';

let s: Stage;
/** The sound files of the run’s folder. */
const sound = { run: '', plan: '', journal: '', secrets: '', results: '', summary: '' };
beforeAll(async () => {
  s = await fuzzGround();
  const read = (name: string) => readFile(s.path(RUN, name), 'utf8');
  sound.run = await read('run.json');
  sound.plan = await read('plan.jsonl');
  sound.journal = await read('journal.jsonl');
  sound.secrets = await read('secrets.jsonl');
  sound.results = await read('results.csv');
  sound.summary = await read('summary.json');
});
afterAll(closeStages);

const AGAIN = ['--dry-run', '--only', 'succeeded', '--out', 'again'];
const COMMANDS: readonly (readonly string[])[] = [
  ['report', RUN],
  ['report', RUN, '--format', 'json'],
  ['report', RUN, '--format', 'csv'],
  ['resume', RUN],
  ['run', '--plan', RUN, '--yes', '--max-users', '20'],
  ['rerun', RUN, ...AGAIN],
  ['rerun', join(RUN, 'results.csv'), ...AGAIN],
  ['followup', RUN],
  ['runs', '--in', '.'],
  ['runs', '--in', '.', '--json'],
  ['secrets', 'open', RUN, '--identity', KEY, '--show'],
];
const READERS = COMMANDS.filter(([command]) => command !== 'run' && command !== 'rerun');

/**
 * Types a command on a terminal. Returns which of its words would control the terminal, or be mistaken for a line of ours.
 */
async function look(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly found: readonly string[] }> {
  const { code, stdout, stderr } = await typed(s, argv, { env });
  await rm(s.path('again'), { recursive: true, force: true });
  const said = stdout + stderr;
  const raw = STEERS_TERMINAL.exec(said);
  const steering = raw === null ? [] : [JSON.stringify(said.slice(raw.index - 60, raw.index + 20))];
  // A cell of a CSV has its own lines; lines that go on are indented.
  const isCsv = argv.includes('csv') || argv.includes('open') || argv.includes('users');
  const line = /^.*\nFORGED/m.exec(isCsv ? stderr : said);
  const forged = line === null ? [] : [`a forged line: ${line[0]}`];
  return {
    code,
    found: [...steering, ...forged].map((what) => `${JSON.stringify(argv)}: ${what}`),
  };
}

async function obeyed(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  return (await look(argv, env)).found;
}

const inRun = (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [join(RUN, name), text]));

async function obeyedIn(
  files: Readonly<Record<string, string>>,
  commands: readonly (readonly string[])[],
): Promise<readonly string[]> {
  const found: string[] = [];
  await withFiles(s, inRun(files), async () => {
    for (const argv of commands) found.push(...(await obeyed(argv)));
  });
  return found;
}

/** Forges each text by itself for one command, and all that it takes at once for every command. */
async function obeyedInLines(
  lines: readonly Line[],
  filesOf: (forged: readonly unknown[]) => Readonly<Record<string, string>>,
  one: readonly string[],
  commands: readonly (readonly string[])[],
): Promise<readonly string[]> {
  const found: string[] = [];
  const taken = new Set<string>();
  const { code } = await typed(s, one);
  const forged = (wanted: (path: string) => boolean) =>
    filesOf(lines.map((line) => planted(line, wanted)));
  for (const path of textPaths(lines)) {
    await withFiles(s, inRun(forged((at) => at === path)), async () => {
      const seen = await look(one);
      found.push(...seen.found);
      if (seen.code === code) taken.add(path);
    });
  }
  expect(taken.size).toBeGreaterThan(0);
  return [
    ...found,
    ...(await obeyedIn(
      forged((path) => taken.has(path)),
      commands,
    )),
  ];
}

describe('a run’s folder writes nothing that controls a terminal', () => {
  const free = (run: unknown) =>
    textPaths([run]).filter(
      (path) => runFileSchema.safeParse(planted(run, (at) => at === path)).success,
    );

  test('by run.json: every text that passes, in every command', async () => {
    const run = {
      ...(JSON.parse(sound.run) as Line),
      parentRunId: 'p',
      parentRunIds: ['p'],
      parents: [{ runId: 'p', dir: 'p', records: 1, left: 1 }],
    };
    const paths = new Set(free(run));
    expect(paths.size).toBeGreaterThan(10);
    const of = (wanted: (path: string) => boolean) => JSON.stringify(planted(run, wanted));
    const org = ['.host', '.orgId', '.origin'];
    const found = [
      ...(await obeyedIn({ 'run.json': of((path) => paths.has(path)) }, COMMANDS)),
      ...(await obeyedIn(
        { 'run.json': of((path) => paths.has(path) && !org.includes(path)) },
        COMMANDS,
      )),
    ];
    expect(found).toEqual([]);
  });

  test('by run.json: every text that is refused, every key, and text that is not JSON', async () => {
    const run = JSON.parse(sound.run) as Line;
    const passing = new Set(free(run));
    const texts = [
      ...textPaths([run])
        .filter((path) => !passing.has(path))
        .map((path) => JSON.stringify(planted(run, (at) => at === path))),
      JSON.stringify({ ...run, [HOSTILE]: 1 }),
      JSON.stringify({ ...run, format: HOSTILE }),
      JSON.stringify({ ...run, rows: HOSTILE }),
      JSON.stringify({ ...run, spec: { [HOSTILE]: HOSTILE } }),
      JSON.stringify({
        ...run,
        preview: { ...(run['preview'] as Line), skipped: { [HOSTILE]: HOSTILE } },
      }),
      HOSTILE,
    ];
    const commands = [['report', RUN]];
    const found: string[] = [];
    for (const text of texts) found.push(...(await obeyedIn({ 'run.json': text }, commands)));
    expect(found).toEqual([]);
  });

  test('by a journal whose chain is intact: every text of every record', async () => {
    const { runId } = JSON.parse(sound.run) as { readonly runId: string };
    const filesOf = (forged: readonly unknown[]) => ({ 'journal.jsonl': chained(forged, runId) });
    const found = await obeyedInLines(linesOf(sound.journal), filesOf, ['report', RUN], READERS);
    expect(found).toEqual([]);
  });

  test('by a plan whose digest is right: every text of every row', async () => {
    const filesOf = (forged: readonly unknown[]) => {
      const plan = asJsonLines(forged);
      return { 'plan.jsonl': plan, 'run.json': digested(plan, sound.run) };
    };
    const found = await obeyedInLines(linesOf(sound.plan), filesOf, ['report', RUN], COMMANDS);
    expect(found).toEqual([]);
  });

  test('by its other files', async () => {
    const secrets = linesOf(sound.secrets);
    const all = () => true;
    const lock = {
      pid: 1,
      hostname: HOSTILE,
      startedAt: HOSTILE,
      processStart: HOSTILE,
      pidSpace: HOSTILE,
      token: 'a',
    };
    const cell = `"${HOSTILE}"`;
    const [header = '', ...rows] = sound.results.split('\n');
    const [runs, resume, report] = [
      ['runs', '--in', '.'],
      ['resume', RUN],
      ['report', RUN],
    ];
    const rerun = ['rerun', join(RUN, 'results.csv'), ...AGAIN];
    const summary = JSON.stringify(planted(JSON.parse(sound.summary), all));
    const declined = JSON.stringify({ declinedAt: HOSTILE });
    const tables = [
      [`${header},${cell}`, ...rows.map((row) => `${row},${cell}`)],
      [header, ...rows.map((row) => row.replaceAll(/[^,]+/g, cell))],
      [header.replaceAll(/[^,]+/g, cell)],
    ];
    const found = [
      ...(await obeyedIn({ lock: JSON.stringify(lock) }, [runs, resume, ['rerun', RUN, ...AGAIN]])),
      ...(await obeyedIn({ lock: HOSTILE, 'index.jsonl': HOSTILE }, [runs, resume])),
      ...(await obeyedIn({ 'declined.json': declined }, [runs, resume])),
      ...(await obeyedIn({ 'summary.json': summary }, [runs, report])),
    ];
    for (const table of tables)
      found.push(...(await obeyedIn({ 'results.csv': table.join('\n') }, [rerun])));
    const open = ['secrets', 'open', RUN, '--identity', KEY, '--show'];
    const filesOf = (forged: readonly unknown[]) => ({ 'secrets.jsonl': asJsonLines(forged) });
    for (const path of textPaths(secrets))
      found.push(
        ...(await obeyedIn(filesOf(secrets.map((line) => planted(line, (at) => at === path))), [
          open,
        ])),
      );
    expect(found).toEqual([]);
  });
});

/** A name of a file cannot hold a NUL or a slash, and everything else. */
const NAME = HOSTILE.replaceAll('/', '_');

test('words, names of files and keys of configuration do not control the terminal', async () => {
  await mkdir(s.path('named', NAME), { recursive: true });
  const csv = `id,"${HOSTILE}"\n00u1k2mQw8Zr4TnXb0h7,"${HOSTILE}"\n"${HOSTILE}",x\n`;
  await s.writeCsv('hostile.csv', csv);
  await s.writeCsv(NAME, csv);
  const words: readonly (readonly string[])[] = [
    [HOSTILE],
    [`--${HOSTILE}`],
    ['explain', HOSTILE],
    ['completion', HOSTILE],
    ['report', HOSTILE],
    ['resume', HOSTILE],
    ['rerun', HOSTILE],
    ['secrets', 'open', RUN, '--identity', HOSTILE, '--show'],
    ['secrets', HOSTILE],
    ['plan', '--file', HOSTILE],
    ['plan', '--file', NAME, '--out', 'again'],
    ['plan', '--file', 'hostile.csv', '--out', 'again'],
    ['plan', '--file', 'hostile.csv', '--column', HOSTILE],
    ['plan', '--file', 'hostile.csv', '--where', `${HOSTILE}=x`],
    ['plan', '--file', 'hostile.csv', '--delimiter', HOSTILE],
    ['plan', '--file', 'hostile.csv', '--encoding', HOSTILE],
    ['plan', '--user', HOSTILE, '--out', 'again'],
    ['plan', '--group', HOSTILE, '--out', 'again'],
    ['plan', '--search', HOSTILE, '--out', 'again'],
    ['plan', '--all', '--exclude-group', HOSTILE],
    ['plan', '--all', '--exclude', HOSTILE],
    ['plan', '--all', '--action', HOSTILE],
    ['plan', '--all', '--org', HOSTILE],
    ['plan', '--all', '--since', HOSTILE],
    ['plan', '--all', '--profile', HOSTILE],
    ['users', '--all', '--columns', HOSTILE],
    ['runs', '--in', 'named'],
    ['runs', '--in', NAME],
    ['run', '--plan', RUN, '--confirm', HOSTILE],
    ['doctor', '--token-file', HOSTILE],
  ];
  const found: string[] = [];
  for (const argv of words) found.push(...(await obeyed(argv)));
  const named = ['OKTA_CLIENT_ORGURL', 'OKTA_CLIENT_SCOPES', 'HTTP_PROXY', 'NODE_EXTRA_CA_CERTS'];
  for (const name of named) found.push(...(await obeyed(['doctor'], { [name]: HOSTILE })));
  const yaml = [
    `okta:\n  client:\n    ${JSON.stringify(HOSTILE)}: 1\n    orgUrl: ${JSON.stringify(HOSTILE)}\n`,
    `${JSON.stringify(HOSTILE)}: ${JSON.stringify(HOSTILE)}\n`,
    HOSTILE,
  ];
  for (const text of yaml)
    await withFiles(s, { 'okta.yaml': text }, async () => {
      found.push(...(await obeyed(['doctor'])));
    });
  expect(found).toEqual([]);
});

const HOSTILE_USER = {
  id: '00u1k2mQw8Zr4TnXb0h7',
  status: HOSTILE,
  created: HOSTILE,
  passwordChanged: HOSTILE,
  profile: {
    login: HOSTILE,
    email: HOSTILE,
    firstName: HOSTILE,
    lastName: HOSTILE,
    [HOSTILE]: HOSTILE,
  },
  credentials: { provider: { type: HOSTILE, name: HOSTILE } },
};
const ACTIVE_USER = {
  ...HOSTILE_USER,
  status: 'ACTIVE',
  created: '2026-01-01T00:00:00.000Z',
  passwordChanged: null,
  credentials: { provider: { type: 'OKTA', name: 'OKTA' } },
};
const REFUSAL = {
  errorCode: 'E0000047',
  errorSummary: HOSTILE,
  errorId: HOSTILE,
  errorCauses: [{ errorSummary: HOSTILE }],
};
const EVENT = {
  uuid: HOSTILE,
  published: HOSTILE,
  eventType: HOSTILE,
  displayMessage: HOSTILE,
  actor: { id: HOSTILE, type: HOSTILE, alternateId: HOSTILE, displayName: HOSTILE },
  target: [{ id: '00u1k2mQw8Zr4TnXb0h7', type: 'User', alternateId: HOSTILE }],
  outcome: { result: HOSTILE, reason: HOSTILE },
};

/** What an org of strangers answers, by the path that is asked for. */
const SERVERS: Readonly<Record<string, (path: string, method: string) => OwnAnswer | undefined>> = {
  'users with hostile names': (path, method) => {
    if (method !== 'GET') return { status: 200, body: { tempPassword: HOSTILE } };
    if (/^\/api\/v1\/users\/0/.test(path)) return { status: 200, body: ACTIVE_USER };
    if (/^\/api\/v1\/users\?/.test(path)) return { status: 200, body: [ACTIVE_USER] };
    if (/^\/api\/v1\/groups\?/.test(path))
      return { status: 200, body: [{ id: '00g1k2mQw8Zr4TnXb0h7', profile: { name: HOSTILE } }] };
    if (/^\/api\/v1\/groups\//.test(path)) return { status: 200, body: [ACTIVE_USER] };
    if (path.startsWith('/api/v1/logs')) return { status: 200, body: [EVENT] };
    return undefined;
  },
  'users with hostile states': (path) =>
    path.startsWith('/api/v1/users') && !path.startsWith('/api/v1/users/me')
      ? { status: 200, body: path.includes('?') ? [HOSTILE_USER] : HOSTILE_USER }
      : undefined,
  'writes that are refused': (_, method) =>
    method === 'GET'
      ? undefined
      : { status: 400, body: REFUSAL, headers: { 'x-okta-request-id': 'a\u009b31m' } },
  'everything refused': () => ({
    status: 403,
    body: REFUSAL,
    headers: { 'x-okta-request-id': 'a\u009b31m', 'www-authenticate': 'a\u009b31m' },
  }),
  'an org of a hostile name': (path) =>
    path.startsWith('/.well-known/') || path.startsWith('/api/v1/org')
      ? {
          status: 200,
          body: { id: HOSTILE, companyName: HOSTILE, subdomain: HOSTILE, pipeline: HOSTILE },
        }
      : undefined,
  'a page': () => ({
    status: 200,
    body: `<!doctype html><title>${HOSTILE}</title>`,
    headers: { 'content-type': 'text/html' },
  }),
};

test.each(Object.entries(SERVERS))('%s: nothing controls the terminal', async (_, own) => {
  const front = await startFront(s.org.url, own);
  const env = { OKTA_CLIENT_ORGURL: front.url };
  const [user] = [...s.org.users()];
  const who = ['--user', user?.id ?? ''];
  const go = ['--out', 'again', '--yes', '--max-users', '20', '--max-retries', '0'];
  try {
    const found: string[] = [];
    for (const argv of [
      ['doctor'],
      ['users', '--all'],
      ['users', '--all', '--format', 'json'],
      ['users', '--group', 'Sales'],
      ['plan', ...who, '--out', 'again', '--max-retries', '0'],
      ['plan', '--group', 'Sales', '--out', 'again', '--max-retries', '0'],
      ['plan', '--all', '--exclude-group', 'Sales', '--out', 'again', '--max-retries', '0'],
      ['run', ...who, ...go, '--again'],
      ['run', ...who, ...go, '--again', '--action', 'temp-password', '--secrets-plaintext'],
      ['followup', RUN],
    ])
      found.push(...(await obeyed(argv, env)));
    expect(found).toEqual([]);
  } finally {
    front.close();
  }
});

test('users are made safe on a terminal, and exact in a file', async () => {
  const front = await startFront(s.org.url, (path) =>
    path.startsWith('/api/v1/users?') ? { status: 200, body: [ACTIVE_USER] } : undefined,
  );
  try {
    const env = { OKTA_CLIENT_ORGURL: front.url };
    expect((await typed(s, ['users', '--all'], { env })).stdout).not.toMatch(STEERS_TERMINAL);
    expect((await s.run(['users', '--all'], { env })).stdout).toContain(HOSTILE);
  } finally {
    front.close();
  }
});
