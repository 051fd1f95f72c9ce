import { diagnose } from '../../app/doctor/diagnosis.ts';
import { openSandbox } from '../../app/sandbox.ts';
import { parseOrgUrl, reductionText } from '../../config/org-url.ts';
import { NOTHING_GIVEN } from '../../config/flags/flag.ts';
import { ORG, resolveOrg } from '../../config/org.ts';
import { PACE } from '../../config/pace.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { asCalled } from '../../domain/program.ts';
import type { Host } from '../../domain/host.ts';
import { guideCredential, guideCredentialKind } from './ask-credential.ts';
import { orProblem, type GuideStage } from './stage.ts';
import { WIDEST, wrap } from '../../text/layout.ts';
import { withSession } from '../session.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The org of the guide, which was checked live: a host whose environment names it. */
export interface GuidedOrg {
  readonly host: Host;
  readonly name: string;
  /** The flags that name the org if the environment does not. */
  readonly flags: readonly string[];
  /** What must be set in the shell before the command line that the guide prints. */
  readonly exports: readonly string[];
  /** Tells whether the org still exists after the program has ended. */
  readonly lasting: boolean;
  readonly close: () => Promise<void>;
}

const FROM_FILES = ORG.read(NOTHING_GIVEN);
const SANDBOX_USERS = 300;

function withOrg(host: Host, env: Readonly<Record<string, string>>): Host {
  const others = Object.entries(host.env).filter(([name]) => !name.startsWith('OKTA_CLIENT_'));
  return { ...host, env: { ...Object.fromEntries(others), ...env } };
}

function urlProblem(text: string): string | undefined {
  try {
    parseOrgUrl(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `${error.message} ${error.hint}`;
  }
}

export async function configuredHost(stage: GuideStage): Promise<string | undefined> {
  return withSession(stage.terminal, async ({ sources }) => {
    try {
      return (await resolveOrg(FROM_FILES, sources)).host;
    } catch (error) {
      // Nothing usable is configured: the guide asks for it.
      if (error instanceof AppError) return undefined;
      throw error;
    }
  });
}

/** The result of checking an org: everything works, it does not answer, or the credential cannot be used. */
type Checked = 'fine' | 'unreached' | 'refused';

/** How many cells of a line the frame of a note and the indent within it take. */
const FRAME_CELLS = 14;
const LEVEL_WORDS = { good: 'ok  ', warning: 'WARN', bad: 'BAD ' } as const;

/** Checks org and credential, and shows the findings. */
async function checks(stage: GuideStage, terminal: Terminal): Promise<Checked> {
  const { prompter } = stage;
  const diagnosis = await orProblem(prompter, () =>
    withSession(terminal, async ({ sources, context }) =>
      diagnose(await resolveOrg(FROM_FILES, sources), PACE.read(NOTHING_GIVEN), context),
    ),
  );
  if (diagnosis === undefined) return 'refused';
  const told = diagnosis.findings.filter(
    ({ level, subject }) => level !== 'good' || ['org', 'credential'].includes(subject),
  );
  const bad = told.filter(({ level }) => level === 'bad');
  const width = Math.min(WIDEST, terminal.stdout.size().columns) - FRAME_CELLS;
  prompter.note(
    'Checked',
    told.flatMap(({ level, subject, found, hint }) => [
      ...wrap(`${subject}: ${found}`, width, '      ').map((line, at) =>
        at === 0 ? `${LEVEL_WORDS[level]}  ${line}` : line,
      ),
      ...(hint === undefined
        ? []
        : wrap(asCalled(`→ ${hint}`, terminal.host.program), width, '  ')
      ).map((line) => `      ${line}`),
    ]),
  );
  if (bad.some(({ subject }) => subject === 'org')) return 'unreached';
  return bad.length === 0 ? 'fine' : 'refused';
}

async function sandboxOrg({ terminal }: GuideStage): Promise<GuidedOrg> {
  return withSession(terminal, async ({ context }) => {
    const sandbox = await openSandbox(
      { users: SANDBOX_USERS, limit: undefined, latencyMs: 20, chaos: undefined },
      context,
    );
    return {
      host: withOrg(terminal.host, {
        OKTA_CLIENT_ORGURL: sandbox.url,
        OKTA_CLIENT_TOKEN: sandbox.token,
      }),
      name: `a made-up org of ${SANDBOX_USERS} users`,
      flags: [],
      exports: ['okta-reset sandbox   # in another terminal; it prints the two exports'],
      lasting: false,
      close: () => sandbox.close(),
    };
  });
}

/** Returns the org that the environment or files name. */
const knownOrg = ({ host }: Terminal, name: string): GuidedOrg => ({
  ...{ host, name, flags: [], exports: [], lasting: true },
  close: () => Promise.resolve(),
});

/** Asks for a credential of an org until one works; undefined if the person wants a different org. */
async function typedOrg(
  stage: GuideStage,
  origin: string,
  name: string,
): Promise<GuidedOrg | undefined> {
  const { prompter, terminal } = stage;
  const kind = await guideCredentialKind(stage);
  let credential = await guideCredential(stage, kind, origin);
  for (;;) {
    const { env, exports } = credential;
    const host = withOrg(terminal.host, env);
    const checked = await checks(stage, { ...terminal, host });
    if (checked === 'fine') {
      return { ...knownOrg({ ...terminal, host }, name), flags: ['--org', origin], exports };
    }
    const next = await prompter.choose('That does not work. What now?', [
      // The credential was not even checked.
      ...(checked === 'unreached'
        ? [{ value: 'retry', label: 'Try again with the same credential' } as const]
        : []),
      { value: 'again', label: kind === 'token' ? 'Type the token again' : 'Enter the app again' },
      { value: 'org', label: 'Choose the org again' },
    ] as const);
    if (next === 'org') return undefined;
    if (next === 'again') credential = await guideCredential(stage, kind, origin);
  }
}

/**
 * Returns the org of a run that is continued: the configured one if it is the same, else that org with a credential that is
 * asked for.
 */
export async function guideOrgOf(
  stage: GuideStage,
  run: { readonly origin: string; readonly host: string },
): Promise<GuidedOrg | undefined> {
  const { terminal } = stage;
  if ((await configuredHost(stage)) === run.host && (await checks(stage, terminal)) === 'fine')
    return knownOrg(terminal, run.host);
  return typedOrg(stage, run.origin, run.host);
}

/** Asks for an org and its credential until both work. */
export async function guideOrg(stage: GuideStage): Promise<GuidedOrg> {
  const { prompter, terminal } = stage;
  const known = await configuredHost(stage);
  for (;;) {
    const choice = await prompter.choose('Which org?', [
      ...(known === undefined
        ? []
        : [{ value: 'known', label: known, hint: 'from your environment or okta.yaml' } as const]),
      { value: 'typed', label: known === undefined ? 'My org' : 'Another org' },
      {
        value: 'sandbox',
        label: 'A made-up org',
        hint: 'to rehearse: inside this program, nothing real is touched',
      },
    ] as const);
    if (choice === 'sandbox') return sandboxOrg(stage);
    if (choice === 'known') {
      if (known !== undefined && (await checks(stage, terminal)) === 'fine')
        return knownOrg(terminal, known);
      continue;
    }
    const url = await prompter.ask('Its URL', {
      example: 'https://acme.okta.com',
      check: urlProblem,
    });
    const parsed = parseOrgUrl(url);
    const { origin, host: name } = parsed;
    const reduced = reductionText(url, parsed);
    if (reduced !== undefined) prompter.note('Its URL', [reduced]);
    const org = await typedOrg(stage, origin, name);
    if (org !== undefined) return org;
  }
}
