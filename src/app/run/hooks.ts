import { setMaxListeners } from 'node:events';
import { resolve } from 'node:path';
import { DEFAULTS } from '../../config/defaults.ts';
import type { Credentials } from '../../config/credentials.ts';
import { AppError } from '../../domain/codes/app-error.ts';
import type { AppEvent, Emit } from '../../domain/run/event.ts';
import { withoutCredentials } from '../../process/call-program.ts';
import { callShell, type ShellEnd } from '../../process/call-shell.ts';
import type { Host } from '../../domain/host.ts';
import { jsonLine, plainLines } from '../../text/safe.ts';
import type { AppContext } from '../context.ts';
import { openRunLog } from '../logger.ts';
import { redactorOf } from '../redaction.ts';
import type { RunAtWork } from './run-at-work.ts';
import type { RunLog } from './run-log.ts';

/** The moments at which hooks run. */
type Moment = 'started' | 'paused' | 'canary' | 'stopped' | 'finished';

/** The most hooks at once. While that number is running, further events are not passed to hooks. */
const MOST_AT_ONCE = 16;
/** The most bytes that a hook can write to each of its outputs before it is ended. */
const MOST_BYTES = 64 * 1024;
/** How many characters of each output go to run.log. */
const MOST_LOGGED = 4000;
/** Shorter waits are the normal rhythm of a window. */
const WORTH_TELLING_MS = 500;
/**
 * A wait for the same reason is reported again only after this time, because a run that keeps to a limit waits every minute.
 */
const PAUSE_AGAIN_MS = 10 * 60_000;

/** The admin's own commands that are told about the run. They never stop it, and it waits for them only at its end. */
export interface Hooks {
  /** An emit that runs the hooks before it passes an event on. */
  readonly listen: (emit: Emit) => Emit;
  /** Tells the hooks that the run broke off. */
  readonly broke: (error: unknown) => void;
  /** Gives running hooks a few more seconds, ends the rest, and closes the log. Never rejects. */
  readonly close: () => Promise<void>;
}

const NO_HOOKS: Hooks = {
  listen: (emit) => emit,
  broke: () => undefined,
  close: () => Promise.resolve(),
};

/** Makes the environment of a hook. None of its variables contains the credential, whatever its name. */
function environmentOf(env: Host['env'], credentials: Credentials): Host['env'] {
  const secrets = (() => {
    switch (credentials.kind) {
      case 'ssws':
        return [credentials.token];
      case 'oauth':
        return [credentials.privateKey];
      case 'command':
        return credentials.tokens.known();
      default: {
        const never: never = credentials;
        return never;
      }
    }
  })().map((secret) => secret.reveal().trim());
  const holds = (value: string | undefined) =>
    secrets.some((text) => text !== '' && value?.includes(text) === true);
  return Object.fromEntries(
    Object.entries(withoutCredentials(env)).filter(([, value]) => !holds(value)),
  );
}

/** Says what went wrong with a hook; undefined if nothing did. */
function faultOf({ kind, code }: ShellEnd): string | undefined {
  switch (kind) {
    case 'ended':
      return code === 0 ? undefined : `ended with ${code ?? 'an unknown code'}`;
    case 'not-started':
      return `could not be started (${code ?? 'unknown error'})`;
    case 'timed-out':
      return `took longer than ${DEFAULTS.hookMs / 1000} s and was stopped`;
    case 'too-much-output':
      return `wrote more than ${MOST_BYTES / 1024} KiB and was stopped`;
    case 'aborted':
      return 'was still running at the end and was stopped';
    default: {
      const never: never = kind;
      return never;
    }
  }
}

class RunHooks implements Hooks {
  readonly #work: RunAtWork;
  readonly #context: AppContext;
  readonly #log: RunLog;
  readonly #redact: (text: string) => string;
  readonly #end = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  readonly #pausedAtMs = new Map<string, number>();
  #hasBegun = false;

  constructor(work: RunAtWork, context: AppContext) {
    this.#work = work;
    this.#context = context;
    // Each running hook waits for the end of the run, and Node warns of more than ten.
    setMaxListeners(0, this.#end.signal);
    this.#redact = redactorOf(work.input.org.credentials);
    this.#log = openRunLog(work.place.path('log'), {
      verbose: false,
      redact: this.#redact,
      emit: context.emit,
    });
  }

  readonly listen =
    (emit: Emit): Emit =>
    (event) => {
      this.#hear(event);
      emit(event);
    };

  readonly broke = (error: unknown): void => {
    if (!this.#hasBegun) return;
    const code = error instanceof AppError ? error.code : 'INTERNAL';
    const message = error instanceof AppError ? error.message : 'A bug in okta-reset.';
    this.#tell('stopped', { type: 'error', code, message });
  };

  readonly close = async (): Promise<void> => {
    const { clock } = this.#context.host;
    const waited = new AbortController();
    const late = clock.sleep(DEFAULTS.hookAtEndMs, waited.signal).catch(() => undefined);
    // A person who leaves at once does not wait for hooks.
    const left = this.#context.interrupt.leave.aborted;
    if (!left) await Promise.race([Promise.all(this.#underWay), late]);
    waited.abort();
    this.#end.abort();
    await Promise.all(this.#underWay);
    await this.#log.close();
  };

  #hear(event: AppEvent): void {
    switch (event.type) {
      case 'run-started':
        this.#hasBegun = true;
        this.#tell('started', event);
        return;
      case 'pause':
        if (this.#hasBegun && this.#isNews(event)) this.#tell('paused', event);
        return;
      case 'canary':
        this.#tell('canary', event);
        return;
      case 'stopping':
        this.#tell('stopped', event);
        return;
      case 'run-ended':
        if (this.#hasBegun) this.#tell('finished', event);
        return;
      case 'message':
      case 'reading':
      case 'row':
      case 'settling':
        return;
      default: {
        const never: never = event;
        return never;
      }
    }
  }

  #isNews({ cause, waitMs }: Extract<AppEvent, { type: 'pause' }>): boolean {
    const nowMs = this.#context.host.clock.monotonicMs();
    const toldMs = this.#pausedAtMs.get(cause);
    if (waitMs < WORTH_TELLING_MS || (toldMs !== undefined && nowMs - toldMs < PAUSE_AGAIN_MS))
      return false;
    this.#pausedAtMs.set(cause, nowMs);
    return true;
  }

  #tell(hook: Moment, event: object): void {
    const { run, input } = this.#work;
    const { host } = this.#context;
    const told = {
      v: 1,
      hook,
      at: new Date(host.clock.nowMs()).toISOString(),
      runId: run.runId,
      dir: resolve(host.cwd, input.dir),
      host: run.host,
      action: run.spec.action,
      ...event,
    };
    const text = `${this.#redact(jsonLine(told))}\n`;
    input.hooks.forEach((command, index) => {
      if (this.#underWay.size >= MOST_AT_ONCE) {
        this.#warn(index, hook, 'was not called: too many hooks are still running');
        return;
      }
      const called = this.#call(command, index, hook, text);
      this.#underWay.add(called);
      void called.finally(() => this.#underWay.delete(called));
    });
  }

  async #call(command: string, index: number, hook: Moment, input: string): Promise<void> {
    const { host } = this.#context;
    const end = await callShell({
      ...{ command, input, host },
      cwd: host.cwd,
      env: environmentOf(host.env, this.#work.input.org.credentials),
      errors: 'keep',
      ownGroup: true,
      timeoutMs: DEFAULTS.hookMs,
      mostBytes: MOST_BYTES,
      signal: this.#end.signal,
    });
    const fault = faultOf(end);
    const said = (text: string) => plainLines(text.slice(0, MOST_LOGGED));
    const { kind, code, output, errors } = end;
    const fields = { hook, number: index + 1, end: kind, code };
    this.#log.info({ ...fields, output: said(output), errors: said(errors) }, 'hook');
    if (fault !== undefined) this.#warn(index, hook, fault);
  }

  #warn(index: number, hook: Moment, fault: string): void {
    this.#context.emit({
      type: 'message',
      level: 'warning',
      text: `Hook number ${index + 1} (${hook}) ${fault}. The run does not depend on it.`,
      hint: `What it wrote is in ${this.#work.place.path('log')}.`,
    });
  }
}

/** Opens the hooks of a run that this process is working on. */
export function openHooks(work: RunAtWork, context: AppContext): Hooks {
  return work.input.hooks.length === 0 ? NO_HOOKS : new RunHooks(work, context);
}
