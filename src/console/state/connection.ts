import { diagnose } from '../../app/doctor/diagnosis.ts';
import { principalOf } from '../../app/org/principal-of.ts';
import { tokenCommands } from '../../app/org/token-command.ts';
import { openSandbox, type Sandbox } from '../../app/sandbox.ts';
import { NOTHING_GIVEN } from '../../config/flags/flag.ts';
import { ORG, resolveOrg, type OrgConfig, type OrgFlags } from '../../config/org.ts';
import { PACE } from '../../config/pace.ts';
import type { ConfigSources } from '../../config/sources.ts';
import { readConfigFile } from '../../config/yaml/config-file.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import { profilesIn } from '../../config/yaml/okta-yaml.ts';
import type { State } from '../api/answers.ts';
import type { Connection, Note } from '../api/parts.ts';
import type { ConnectRequest } from '../api/requests.ts';
import type { Principal } from '../../domain/run/run-file.ts';
import { apiErrorOf, notNow, Refusal } from '../refusal.ts';
import { appContext, type ConsoleContext } from './console-context.ts';
import type { Uploads } from './draft/uploads.ts';

const SANDBOX_USERS = 300;
/** About as long as an org on the other side of a network takes to answer. */
const SANDBOX_LATENCY_MS = 20;

const NONE: Connection = {
  state: 'none',
  kind: undefined,
  host: undefined,
  origin: undefined,
  principal: undefined,
  findings: [],
  waitsFor: undefined,
  notes: [],
  error: undefined,
  sample: undefined,
};

function nameOf(principal: Principal): string | undefined {
  switch (principal.kind) {
    case 'user':
      return principal.login;
    case 'app':
      return principal.clientId;
    case 'unknown':
      return undefined;
    default: {
      const never: never = principal;
      return never;
    }
  }
}

/** Reports what has changed in the connection. */
type Tell = (change: Partial<Connection>) => void;

/** The org that the console is connected to. Its credential stays in this object. */
export class OrgConnection {
  readonly #console: ConsoleContext;
  readonly #uploads: Uploads;
  readonly #flags: OrgFlags;
  #told: Connection = NONE;
  #org: OrgConfig | undefined;
  #sandbox: Sandbox | undefined;
  #trying: AbortController | undefined;

  /** `flags`: how the command line names an org. */
  constructor(console: ConsoleContext, uploads: Uploads, flags: OrgFlags) {
    this.#console = console;
    this.#uploads = uploads;
    this.#flags = flags;
  }

  get told(): Connection {
    return this.#told;
  }

  /** Returns the org as use cases need it. Throws NOT_NOW while there is none. */
  get org(): OrgConfig {
    if (this.#org !== undefined && this.#told.state === 'connected') return this.#org;
    throw notNow('The console is not connected to an org.', 'Connect first.');
  }

  isOf(host: string): boolean {
    return this.#told.state === 'connected' && this.#org?.host === host;
  }

  /** Returns what the process itself names, and the profiles that it can find. */
  async known(): Promise<State['known']> {
    // What there is to say about it is said when the console connects to it.
    const sources = this.#sources(() => undefined);
    const orNothing = (error: unknown) => {
      if (error instanceof AppError) return undefined;
      throw error;
    };
    const environment = await resolveOrg(this.#flags, sources).then(
      ({ host }) => ({ host }),
      orNothing,
    );
    const profiles = (await profilesIn(sources).catch(orNothing)) ?? [];
    return { environment, profiles };
  }

  /** Begins to connect. Events show the progress. */
  connect(request: ConnectRequest): Connection {
    this.#trying?.abort();
    const trying = new AbortController();
    this.#trying = trying;
    this.#tell({ ...NONE, state: 'checking', kind: request.kind });
    void this.#console.underWay(this.#try(request, trying.signal));
    return this.#told;
  }

  /** Forgets the org and the credential. */
  async disconnect(): Promise<Connection> {
    this.#trying?.abort();
    this.#org = undefined;
    const sandbox = this.#sandbox;
    this.#sandbox = undefined;
    this.#tell(NONE);
    await sandbox?.close();
    return this.#told;
  }

  #tell(change: Partial<Connection>): void {
    this.#told = { ...this.#told, ...change };
    this.#console.events.tell({ type: 'connection', connection: this.#told });
  }

  /** One attempt to connect to an org. It reports nothing after `given` aborts: another one has replaced it. */
  async #try(request: ConnectRequest, given: AbortSignal): Promise<void> {
    const tell = (change: Partial<Connection>) => {
      if (!given.aborted) this.#tell(change);
    };
    try {
      const before = this.#sandbox;
      this.#sandbox = undefined;
      this.#org = undefined;
      await before?.close();
      const org = await this.#resolve(request, tell);
      if (given.aborted) return;
      tell({ host: org.host, origin: org.origin });
      await this.#check(org, tell, given);
    } catch (error) {
      tell({ state: 'failed', waitsFor: undefined, error: apiErrorOf(error) });
    }
  }

  async #check(org: OrgConfig, tell: Tell, given: AbortSignal): Promise<void> {
    const context = appContext(
      this.#console,
      (event) => {
        if (event.type === 'message') tell({ waitsFor: event.text });
      },
      { drain: given },
    );
    const { exitCode } = await diagnose(
      org,
      PACE.read(NOTHING_GIVEN),
      context,
      ({ level, subject, found, hint: remedy }) => {
        const finding = { level, subject, found, remedy };
        tell({ findings: [...this.#told.findings, finding], waitsFor: undefined });
        return Promise.resolve();
      },
    );
    if (exitCode !== EXIT.ok) {
      tell({ state: 'failed', waitsFor: undefined });
      return;
    }
    const principal = await principalOf(org, context);
    if (given.aborted) return;
    this.#org = org;
    tell({ state: 'connected', waitsFor: undefined, principal: nameOf(principal) });
  }

  #sources(tell: Tell): ConfigSources {
    const { host, interrupt } = this.#console;
    const { env, cwd, homeDir, clock } = host;
    const note = (level: Note['level'], text: string, hint?: string) =>
      tell({ notes: [...this.#told.notes, { level, text, hint }] });
    return {
      env,
      cwd,
      homeDir,
      readFile: (path) => readConfigFile(path, { sleep: clock.sleep, signal: interrupt.drain }),
      runCommand: tokenCommands(host),
      warn: (text, hint) => note('warning', text, hint),
      note: (text) => note('info', text),
    };
  }

  /** Returns an environment with this org and credential in place of the real ones. No file is read. */
  #only(url: string, token: string, tell: Tell): ConfigSources {
    const { env } = this.#console.host;
    const others = Object.entries(env).filter(([name]) => !name.startsWith('OKTA_CLIENT_'));
    const own = { OKTA_CLIENT_ORGURL: url, OKTA_CLIENT_TOKEN: token };
    return {
      ...this.#sources(tell),
      env: { ...Object.fromEntries(others), ...own },
      readFile: () => Promise.resolve(undefined),
    };
  }

  async #resolve(request: ConnectRequest, tell: Tell): Promise<OrgConfig> {
    const none = ORG.read(NOTHING_GIVEN);
    switch (request.kind) {
      case 'token': {
        if (request.token.trim() === '')
          throw new Refusal('BAD_REQUEST', 'The API token is empty.', 'Paste it from Okta.');
        return resolveOrg(none, this.#only(request.url, request.token.trim(), tell));
      }
      case 'profile':
        return resolveOrg({ ...none, profile: request.profile }, this.#sources(tell));
      case 'environment':
        return resolveOrg(this.#flags, this.#sources(tell));
      case 'sandbox':
        return this.#rehearse(request.users ?? SANDBOX_USERS, tell);
      default: {
        const never: never = request;
        return never;
      }
    }
  }

  async #rehearse(users: number, tell: Tell): Promise<OrgConfig> {
    const context = appContext(this.#console, () => undefined);
    const sandbox = await openSandbox({ users, latencyMs: SANDBOX_LATENCY_MS }, context);
    this.#sandbox = sandbox;
    const sample = await this.#uploads.keep('sandbox-users.csv', sandbox.rockstarCsv());
    tell({ sample: sample.id });
    return resolveOrg(ORG.read(NOTHING_GIVEN), this.#only(sandbox.url, sandbox.token, tell));
  }

  /** Ends what the console has started for the org. */
  async close(): Promise<void> {
    this.#trying?.abort();
    await this.#sandbox?.close();
  }
}
