import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { openSandbox, type Sandbox } from '../../app/sandbox.ts';
import { usage } from '../../config/option.ts';
import { EXIT } from '../../domain/exit-code.ts';
import type { Host, SignalName } from '../../domain/host.ts';
import { makeRunId } from '../../domain/run-id.ts';
import { wrap } from '../../text/layout.ts';
import type { Execute } from '../command.ts';
import { openSession } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { plural } from '../words.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { styled } from '../../text/styled.ts';

const USERS = 320;
const LIMIT = 60;
const WINDOW_MS = 4000;
const POLL_MS = 50;

interface Stage {
  readonly terminal: Terminal;
  readonly host: Host;
  readonly call: (argv: readonly string[], host: Host) => Promise<number>;
  /** Presses Ctrl-C in the command under way. */
  readonly interrupt: (signal: SignalName) => void;
}

async function say(stage: Stage, title: string, text: string): Promise<void> {
  const { style } = stage.terminal;
  const lines = wrap(text, Math.min(96, stage.terminal.host.stdout.size().columns) - 2);
  await stage.terminal.out(
    styled`\n${style.bold(style.cyan(`── ${title}`))}\n${lines.join('\n')}\n`,
  );
}

async function type(stage: Stage, argv: readonly string[]): Promise<number> {
  const { columns } = stage.terminal.host.stdout.size();
  // Folded as a shell takes it.
  const lines = wrap(`$ okta-reset ${argv.map(shellWord).join(' ')}`, columns - 8, '    ');
  await stage.terminal.out(styled`\n${stage.terminal.style.bold(lines.join(' \\\n'))}\n`);
  return stage.call(argv, stage.host);
}

/** A host for the commands of the demo: the sandbox's org and token, no questions, and a Ctrl-C of our own. */
function stageHost(
  host: Host,
  sandbox: Sandbox,
  listeners: Set<(signal: SignalName) => void>,
): Host {
  return {
    ...host,
    env: {
      NO_COLOR: host.env['NO_COLOR'],
      CI: host.env['CI'],
      TERM: host.env['TERM'],
      OKTA_CLIENT_ORGURL: sandbox.url,
      OKTA_CLIENT_TOKEN: sandbox.token,
    },
    stdin: Object.assign(
      { [Symbol.asyncIterator]: () => host.stdin[Symbol.asyncIterator]() },
      { isTty: false, close: () => undefined },
    ),
    onSignal: (listener) => {
      listeners.add(listener);
      const release = host.onSignal(listener);
      return () => {
        listeners.delete(listener);
        release();
      };
    },
  };
}

async function interruptAfter(
  stage: Stage,
  sandbox: Sandbox,
  mails: number,
  done: AbortSignal,
): Promise<void> {
  const { clock } = stage.host;
  while (!done.aborted && [...sandbox.outbox()].length < mails) await clock.sleep(POLL_MS);
  if (!done.aborted) stage.interrupt('SIGINT');
}

function expectCode(code: number, wanted: readonly number[], command: string): void {
  if (!wanted.includes(code))
    throw new Error(`demo: ${command} ended with ${code}, not ${wanted.join(' or ')}`);
}

async function play(stage: Stage, sandbox: Sandbox, dir: string): Promise<void> {
  const { host } = stage;
  const shown = (path: string) => relative(host.cwd, path) || path;
  const csv = join(dir, 'users.csv');
  const run = join(dir, 'run');
  await say(
    stage,
    '1 of 6 · The list',
    `Rockstar’s “Export Users” from the org: ${plural(USERS, 'user')} of every status and provider, as the browser extension writes it.`,
  );
  await writeFile(csv, [...sandbox.rockstarCsv()].join(''), { mode: 0o600 });

  await say(
    stage,
    '2 of 6 · The preview',
    'Who would be reset, who not and why, against the org’s live state. Sends nothing.',
  );
  expectCode(
    await type(stage, ['plan', '--file', shown(csv), '--revoke-sessions', '--out', shown(run)]),
    [EXIT.ok],
    'plan',
  );
  const targets = await countTargets(run);

  await say(
    stage,
    '3 of 6 · The run, interrupted',
    `The org allows ${LIMIT} calls per ${WINDOW_MS / 1000} s. Three of the users are taken out of the token’s reach meanwhile, and half-way somebody presses Ctrl-C.`,
  );
  const away = putSomeOutOfReach(sandbox, 3);
  const finished = new AbortController();
  const watcher = interruptAfter(stage, sandbox, Math.floor(targets / 2), finished.signal);
  const code = await type(stage, [
    'run',
    '--plan',
    shown(run),
    '--confirm',
    `${targets}@${new URL(sandbox.url).host}`,
  ]);
  finished.abort();
  await watcher;
  expectCode(code, [EXIT.sigint], 'run');

  await say(stage, '4 of 6 · Resumed', 'The journal knows who is done. Nobody is reset twice.');
  expectCode(await type(stage, ['resume', shown(run)]), [EXIT.partial], 'resume');

  await say(
    stage,
    '5 of 6 · What failed, again',
    'The token may touch the three again; only their rows are run.',
  );
  for (const id of away) sandbox.putInReach(id);
  expectCode(
    await type(stage, [
      'rerun',
      shown(run),
      '--out',
      shown(join(dir, 'rerun')),
      '--revoke-sessions',
      '--yes',
      '--max-users',
      '3',
    ]),
    [EXIT.ok],
    'rerun',
  );
  await prove(stage, sandbox, targets, shown(run));
}

/** Rows at the end of the list, so that the run meets them late. */
function putSomeOutOfReach(sandbox: Sandbox, wanted: number): readonly string[] {
  const chosen = [...sandbox.users()]
    .filter((user) => user.status === 'ACTIVE' && user.provider === 'OKTA' && !user.admin)
    .slice(-wanted)
    .map((user) => user.id);
  for (const id of chosen) sandbox.putOutOfReach(id);
  return chosen;
}

async function countTargets(run: string): Promise<number> {
  const facts: unknown = JSON.parse(await readFile(join(run, 'run.json'), 'utf8'));
  return z.object({ targets: z.number() }).parse(facts).targets;
}

async function prove(stage: Stage, sandbox: Sandbox, targets: number, run: string): Promise<void> {
  const perUser = new Map<string, number>();
  for (const mail of sandbox.outbox())
    perUser.set(mail.userId, (perUser.get(mail.userId) ?? 0) + 1);
  const twice = [...perUser.values()].filter((resets) => resets > 1).length;
  await say(
    stage,
    '6 of 6 · The proof',
    `The sandbox’s own books: ${plural(perUser.size, 'user')} of ${targets} planned were mailed a reset link, ${twice === 0 ? 'none of them twice' : `${plural(twice, 'user')} TWICE`}, nobody else.`,
  );
  if (twice > 0 || perUser.size !== targets) throw new Error('demo: the sandbox’s books disagree');
  await stage.terminal.out(
    [
      '',
      `Report  ${run}/report.html`,
      `Rows    ${run}/results.csv`,
      'Next    okta-reset sandbox            an org of your own to rehearse on',
      '        okta-reset plan --help        every way to choose users',
      '        okta-reset doctor             before the first run on a real org',
      '',
    ].join('\n'),
  );
}

export const execute: Execute = async ({ terminal, call }) => {
  if (terminal.json)
    throw usage('--json and demo do not go together.', 'The demo is for people: okta-reset demo');
  const session = openSession({ ...terminal, json: false });
  const listeners = new Set<(signal: SignalName) => void>();
  try {
    const { host } = session.context;
    await terminal.out(
      'okta-reset demo: the whole job on a made-up Okta org inside this process.\nNo real org is touched.\n',
    );
    const sandbox = await openSandbox(
      { users: USERS, seed: 7, limit: LIMIT, windowMs: WINDOW_MS, latencyMs: 20, chaos: undefined },
      session.context,
    );
    try {
      const dir = join(host.cwd, 'reports', `demo-${makeRunId(host.clock.nowMs(), host.random)}`);
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const stage: Stage = {
        terminal,
        host: stageHost(host, sandbox, listeners),
        call,
        interrupt: (signal) => {
          for (const listener of listeners) listener(signal);
        },
      };
      await play(stage, sandbox, dir);
      return EXIT.ok;
    } finally {
      await sandbox.close();
    }
  } finally {
    await session.close();
  }
};
