import { join, relative } from 'node:path';
import { makeDemoFolder, writeDemoFile } from '../../app/demo-files.ts';
import { findRun } from '../../app/runs/open-run.ts';
import { openSandbox, type Sandbox } from '../../app/sandbox.ts';
import { usage } from '../../domain/codes/app-error.ts';
import { EXIT, type ExitCode } from '../../domain/codes/exit-code.ts';
import type { Host, Output, SignalName } from '../../domain/host.ts';
import { makeRunId } from '../../domain/run/run-id.ts';
import { wrap } from '../../text/layout.ts';
import type { Execute } from '../line/commands.ts';
import { demoLines } from '../screens/demo-lines.ts';
import { withSession } from '../session.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { counted } from '../../domain/counted.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { asLines, styled, wordsOf, type Text } from '../../text/styled.ts';

const USERS = 320;
const LIMIT = 60;
const WINDOW_MS = 4000;
const POLL_MS = 50;
/** About the time that it takes to read a line of figures. */
const READING_MS_PER_LINE = 350;

interface Stage {
  readonly terminal: Terminal;
  readonly host: Host;
  readonly call: (argv: readonly string[], host: Host) => Promise<number>;
  /** Presses Ctrl-C in the running command. */
  readonly interrupt: (signal: SignalName) => void;
}

/** Shows text at reading speed in a terminal, and at once elsewhere. */
async function show({ terminal, host }: Stage, text: Text): Promise<void> {
  await terminal.out(styled`${text}\n`);
  if (terminal.stdout.isTty)
    await host.clock.sleep(READING_MS_PER_LINE * wordsOf(text).split('\n').length);
}

async function say(stage: Stage, title: string, text: string): Promise<void> {
  const { style } = stage.terminal;
  const head = `── ${title}`;
  // One word instead of the title, so that the first line has room for the title.
  const [first = '', ...lines] = wrap(`${'─'.repeat(head.length)} ${text}`, widthOf(stage));
  const after = [first.slice(head.length), ...lines].join('\n');
  await show(stage, styled`\n${style.bold(style.cyan(head))} ${after}`);
}

const widthOf = ({ terminal }: Stage) => Math.min(96, terminal.host.stdout.size().columns) - 2;

/** Runs a command, and shows the lines of its output that matter for the demo. */
async function type(
  stage: Stage,
  argv: readonly string[],
  lines: RegExp,
  exitCode: ExitCode,
): Promise<void> {
  const { columns } = stage.terminal.host.stdout.size();
  // Wrapped in a way that a shell accepts.
  const typed = wrap(`$ okta-reset ${argv.map(shellWord).join(' ')}`, columns - 8, '    ');
  await show(stage, stage.terminal.style.bold(typed.join(' \\\n')));
  let said = '';
  const stdout: Output = {
    ...stage.host.stdout,
    isTty: false,
    write: (text) => {
      said += text;
      return Promise.resolve();
    },
  };
  const code = await stage.call(argv, { ...stage.host, stdout });
  if (code !== exitCode)
    throw new Error(`demo: ${argv[0] ?? ''} ended with ${code}, not ${exitCode}:\n${said}`);
  await show(stage, demoLines(said, lines, widthOf(stage)).join('\n'));
}

/** A host for the commands of the demo: the sandbox's org and token, no questions, and a simulated Ctrl-C. */
function stageHost(
  host: Host,
  sandbox: Sandbox,
  dir: string,
  listeners: Set<(signal: SignalName) => void>,
): Host {
  return {
    ...host,
    cwd: dir,
    env: {
      NO_COLOR: host.env['NO_COLOR'],
      CI: host.env['CI'],
      TERM: host.env['TERM'],
      OKTA_CLIENT_ORGURL: sandbox.url,
      OKTA_CLIENT_TOKEN: sandbox.token,
      // The consents of the demo are not the user's.
      XDG_STATE_HOME: join(dir, '.state'),
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

async function play(stage: Stage, sandbox: Sandbox, dir: string): Promise<void> {
  const run = join(dir, 'run');
  await writeDemoFile(join(dir, 'users.csv'), [...sandbox.rockstarCsv()].join(''));
  await say(
    stage,
    '1 · Preview',
    `A list of ${counted(USERS, 'user')}: who would be reset, who would not, and why. Sends nothing.`,
  );
  await type(
    stage,
    ['plan', '--file', 'users.csv', '--revoke-sessions', '--out', 'run'],
    /would be acted on|^ {2}act |^ {2}skip: |rows in all|^ {2}about/,
    EXIT.ok,
  );
  const targets = await countTargets(run);

  await say(
    stage,
    '2 · Run, and press Ctrl-C halfway',
    'Meanwhile, three of the users move out of the token’s reach.',
  );
  const away = putSomeOutOfReach(sandbox, 3);
  const finished = new AbortController();
  const watcher = interruptAfter(stage, sandbox, Math.floor(targets / 2), finished.signal);
  const consent = `${targets}@${new URL(sandbox.url).host}`;
  await type(
    stage,
    ['run', '--plan', 'run', '--confirm', consent],
    /^Stopped|succeeded|not-attempted/,
    EXIT.sigint,
  );
  finished.abort();
  await watcher;

  await say(stage, '3 · Resume', 'The journal records who is done: nobody is reset twice.');
  await type(stage, ['resume', 'run'], /finished\.|succeeded|failed  |×|^ +was read/, EXIT.partial);

  await say(
    stage,
    '4 · Rerun what failed',
    'The token can reach the three again. Only their rows are run.',
  );
  for (const id of away) sandbox.putInReach(id);
  await type(
    stage,
    [...['rerun', 'run', '--out', 'rerun'], ...['--revoke-sessions', '--yes', '--max-users', '3']],
    /succeeded/,
    EXIT.ok,
  );

  await say(stage, '5 · Follow up', 'Some have used their link; who has not?');
  const mailed = new Set([...sandbox.outbox()].map(({ userId }) => userId));
  for (const id of [...mailed].slice(0, Math.floor(targets / 3))) sandbox.finish(id);
  await type(
    stage,
    ['followup', 'run'],
    /finished$|%$|^ {2}(?:finished|waiting) |System Log/,
    EXIT.ok,
  );
  await prove(stage, sandbox, targets, relative(stage.terminal.host.cwd, run));
}

/** Puts rows near the end of the list out of reach, so that the run gets to them late. */
function putSomeOutOfReach(sandbox: Sandbox, wanted: number): readonly string[] {
  const chosen = [...sandbox.users()]
    .filter((user) => user.status === 'ACTIVE' && user.provider === 'OKTA' && !user.admin)
    .slice(-wanted)
    .map((user) => user.id);
  for (const id of chosen) sandbox.putOutOfReach(id);
  return chosen;
}

async function countTargets(run: string): Promise<number> {
  return (await findRun(run)).run.targets;
}

async function prove(stage: Stage, sandbox: Sandbox, targets: number, run: string): Promise<void> {
  const { host } = stage.terminal;
  const mailed = [...sandbox.outbox()].map(({ userId }) => userId);
  const users = new Set(mailed).size;
  if (mailed.length !== targets || users !== targets)
    throw new Error('demo: the sandbox counted something else');
  const proof = `The made-up org emailed ${counted(users, 'user')} of ${targets} planned, none of them twice, nobody else.`;
  await show(
    stage,
    asLines([
      '',
      ...wrap(proof, widthOf(stage)),
      `Report  ${run}/report.html`,
      `Next    ${host.program}   asks you what to do step by step, also on a made-up org`,
      `        ${host.program} doctor   checks your org and credential`,
    ]),
  );
}

export const execute: Execute<'demo'> = async ({ terminal, call }) => {
  if (terminal.json)
    throw usage('--json and demo do not go together.', 'Leave --json out: okta-reset demo');
  const listeners = new Set<(signal: SignalName) => void>();
  return withSession(terminal, async (session) => {
    const { host } = session.context;
    await terminal.out(
      'The whole job on a made-up Okta org inside this process. No real org is touched.\n',
    );
    const sandbox = await openSandbox(
      { users: USERS, seed: 7, limit: LIMIT, windowMs: WINDOW_MS, latencyMs: 20, chaos: undefined },
      session.context,
    );
    try {
      const dir = join(host.cwd, 'reports', `demo-${makeRunId(host.clock.nowMs(), host.random)}`);
      await makeDemoFolder(dir);
      const stage: Stage = {
        terminal,
        host: stageHost(host, sandbox, dir, listeners),
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
  });
};
