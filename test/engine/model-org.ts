import type { Step } from '../../src/domain/plan/step.ts';
import type { Answer, CallFacts } from '../../src/domain/row/call.ts';
import type { Failure } from '../../src/domain/row/failure.ts';
import type {
  Factor,
  LogEvent,
  OrgWriter,
  StepCall,
  StepEffect,
} from '../../src/domain/org/org.ts';
import type { User } from '../../src/domain/org/user.ts';
import type { UserId } from '../../src/domain/org/user-id.ts';
import { Secret } from '../../src/secrets/secret.ts';
import type { VirtualClock } from './virtual-clock.ts';

/**
 * What goes wrong with a call. `afterMs` of `late` is when the effect comes, counted from the lost answer, and `status` is
 * what a proxy says meanwhile; without it no answer comes.
 */
export type Fault =
  | { readonly kind: 'refused' }
  | { readonly kind: 'lost'; readonly applied: boolean }
  | { readonly kind: 'late'; readonly afterMs: number; readonly status?: number }
  | { readonly kind: 'cut-body' }
  /** It takes effect, and the answer lacks its secret. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'throttled'; readonly by: 'window' | 'concurrency' | 'recipient' }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly code?: string;
      readonly applied?: boolean;
      readonly effect?: 'none' | 'possible';
      readonly insufficientScope?: boolean;
    }
  | { readonly kind: 'slow'; readonly ms: number };

export interface ModelUser {
  id: UserId;
  status: string;
  providerType: string;
  statusChangedMs: number;
  passwordChangedMs: number;
  password: string;
  link: string;
  factors: { readonly id: string; readonly enrolledMs: number }[];
  /** Steps that took effect, in order. */
  effects: { step: Step; atMs: number }[];
}

const RESETTABLE = ['ACTIVE', 'PASSWORD_EXPIRED', 'RECOVERY', 'LOCKED_OUT', 'PROVISIONED'];
const PASSWORD = { from: RESETTABLE, code: 'E0000038' };

/**
 * The statuses in which a step is allowed, and the code with which it is refused in others. If absent, it is always allowed.
 */
const RULES: Readonly<
  Partial<Record<Step, { readonly from: readonly string[]; readonly code: string }>>
> = {
  'reset-password': PASSWORD,
  'expire-password': PASSWORD,
  'temp-password': PASSWORD,
  'temp-password-split': PASSWORD,
  'reset-factors': { from: ['ACTIVE', 'PASSWORD_EXPIRED', 'SUSPENDED'], code: 'E0000038' },
  suspend: { from: ['ACTIVE'], code: 'E0000001' },
  unsuspend: { from: ['SUSPENDED'], code: 'E0000001' },
  unlock: { from: ['LOCKED_OUT'], code: 'E0000032' },
  reactivate: { from: ['PROVISIONED', 'RECOVERY'], code: 'E0000038' },
};

export function idOf(number: number): UserId {
  return `00u${String(number).padStart(17, '0')}` as UserId;
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

/** An Okta org in memory that counts what took effect, whatever the caller was told. */
export class ModelOrg {
  readonly users = new Map<string, ModelUser>();
  readonly events: LogEvent[] = [];
  readonly clock: VirtualClock;
  latencyMs = 40;
  /** Reads of a user show the state from this long ago. */
  readLagMs = 0;
  logReadable = true;
  /** An org that does not support `tempPassword` on expire_password. */
  splitOnly = false;
  writes = 0;
  reads = 0;
  logPages = 0;
  organizationCalls = 0;
  inFlight = 0;
  mostInFlight = 0;
  #passwords = 0;
  /** How each user looked before its effects. */
  readonly #shown = new Map<string, { readonly untilMs: number; readonly user: ModelUser }[]>();
  #learnt: number | undefined;
  faultOfWrite: (number: number, call: StepCall) => Fault | undefined = () => undefined;
  faultOfRead: (number: number) => Fault | undefined = () => undefined;
  /** Called with every write that arrives, before anything else. */
  onArrival: (call: StepCall) => void = () => undefined;
  faultOfReadOf: (id: string) => Fault | undefined = () => undefined;
  /** Called with every read of a user that arrives. */
  onRead: (id: string) => void = () => undefined;
  /** What a write waits for before its attempt is recorded, and after. */
  gate: () => Promise<void> = () => Promise.resolve();
  afterRecord: () => Promise<void> = () => Promise.resolve();
  /** Called with every effect. */
  onEffect: (user: ModelUser, step: Step) => void = () => undefined;

  constructor(clock: VirtualClock, users: number) {
    this.clock = clock;
    for (let number = 1; number <= users; number += 1) {
      this.users.set(idOf(number), {
        id: idOf(number),
        status: 'ACTIVE',
        providerType: 'OKTA',
        statusChangedMs: 1_600_000_000_000,
        passwordChangedMs: 1_600_000_000_000,
        password: 'old',
        link: '',
        factors: [{ id: `opf${number}`, enrolledMs: 1_600_000_000_000 }],
        effects: [],
      });
    }
  }

  /** Okta's clock is three minutes ahead of ours. */
  nowMs(): number {
    return this.clock.nowMs() + 180_000;
  }

  user(number: number): ModelUser {
    const user = this.users.get(idOf(number));
    if (user === undefined) throw new Error(`no user ${number}`);
    return user;
  }

  effectsOf(number: number, step: Step): number {
    return this.user(number).effects.filter((effect) => effect.step === step).length;
  }

  apply(user: ModelUser, { step, sendEmail }: Pick<StepCall, 'step' | 'sendEmail'>): StepEffect {
    const nowMs = this.nowMs();
    const changed = wholeSecond(nowMs);
    user.effects.push({ step, atMs: nowMs });
    const shown = this.#shown.get(user.id) ?? [];
    shown.push({ untilMs: nowMs, user: { ...user } });
    this.#shown.set(user.id, shown);
    let effect: StepEffect = { kind: 'done' };
    const event = (eventType: string) =>
      this.events.push({
        uuid: String(this.events.length),
        eventType,
        publishedMs: nowMs,
        actorId: 'us',
        userIds: [user.id],
        result: 'SUCCESS',
        reason: undefined,
        requestId: undefined,
      });
    switch (step) {
      case 'reset-password':
        // It is not known whether a second reset moves statusChanged. It does not here.
        if (user.status !== 'RECOVERY') user.statusChangedMs = changed;
        user.status = 'RECOVERY';
        if (!sendEmail) {
          this.#passwords += 1;
          const link = `https://acme.example/reset_password/${this.#passwords}`;
          user.link = link;
          effect = { kind: 'secret', secret: new Secret(link), what: 'reset-link' };
        }
        event('user.account.reset_password');
        break;
      case 'expire-password':
        if (user.status !== 'PASSWORD_EXPIRED') user.statusChangedMs = changed;
        user.status = 'PASSWORD_EXPIRED';
        event('user.account.expire_password');
        break;
      case 'temp-password':
      case 'temp-password-split':
        if (user.status !== 'PASSWORD_EXPIRED') user.statusChangedMs = changed;
        user.status = 'PASSWORD_EXPIRED';
        if (step === 'temp-password' && this.splitOnly) {
          effect = { kind: 'expired-without-password' };
          break;
        }
        user.passwordChangedMs = changed;
        this.#passwords += 1;
        user.password = `temp-${this.#passwords}`;
        effect = { kind: 'secret', secret: new Secret(user.password), what: 'temp-password' };
        break;
      case 'suspend':
      case 'unsuspend':
      case 'unlock':
        user.status = step === 'suspend' ? 'SUSPENDED' : 'ACTIVE';
        user.statusChangedMs = changed;
        event(step === 'unlock' ? 'user.account.unlock_by_admin' : `user.lifecycle.${step}`);
        break;
      case 'reset-factors':
        user.factors = [];
        event('user.mfa.factor.reset_all');
        break;
      case 'reactivate':
        event('user.lifecycle.reactivate');
        break;
      case 'revoke-tokens':
      case 'revoke-sessions':
      case 'end-sessions':
      case 'end-tokens':
        event('user.session.clear');
        break;
      default: {
        const never: never = step;
        return never;
      }
    }
    this.onEffect(user, step);
    return effect;
  }

  #facts(status: number | undefined): CallFacts {
    if (status !== undefined) this.#learnt = wholeSecond(this.nowMs()) - this.clock.monotonicMs();
    return {
      status,
      requestId: status === undefined ? undefined : `req-${this.writes}`,
      serverTimeMs: status === undefined ? undefined : wholeSecond(this.nowMs()),
      durationMs: this.latencyMs,
    };
  }

  #failed(failure: Failure): Extract<Answer<never>, { kind: 'failed' }> {
    return { kind: 'failed', failure, call: this.#facts(failure.status) };
  }

  #transport(code: string, effect: 'none' | 'possible' | 'certain'): Answer<never> {
    const status = effect === 'certain' ? 200 : undefined;
    return this.#failed({
      kind: 'transport',
      code,
      message: code,
      status,
      requestId: undefined,
      effect,
    });
  }

  #refusal(fault: Extract<Fault, { kind: 'answer' | 'throttled' }>): Answer<never> {
    const throttled = fault.kind === 'throttled';
    const recipient = throttled && fault.by === 'recipient';
    return this.#failed({
      kind: 'okta',
      status: throttled ? 429 : fault.status,
      oktaCode: throttled ? (recipient ? 'E0000118' : 'E0000047') : fault.code,
      message: 'said the org',
      requestId: throttled || fault.code !== undefined ? 'req' : undefined,
      insufficientScope: !throttled && fault.insufficientScope === true,
      throttle: !throttled
        ? undefined
        : fault.by === 'recipient'
          ? { kind: 'recipient', waitMs: 6000 }
          : { kind: fault.by },
      effect: throttled ? 'none' : (fault.effect ?? (fault.status >= 500 ? 'possible' : 'none')),
    });
  }

  async #write(call: StepCall, signal: AbortSignal): Promise<Answer<StepEffect>> {
    signal.throwIfAborted();
    await this.gate();
    await call.beforeSend();
    await this.afterRecord();
    if (signal.aborted) return this.#transport('ABORTED', 'none');
    call.atDeparture?.();
    this.writes += 1;
    this.onArrival(call);
    const fault = this.faultOfWrite(this.writes, call);
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    await this.clock.sleep(fault?.kind === 'slow' ? fault.ms : this.latencyMs);
    this.inFlight -= 1;
    if (fault?.kind === 'refused') return this.#transport('ECONNREFUSED', 'none');
    if (fault?.kind === 'throttled') return this.#refusal(fault);
    const user = this.users.get(call.userId);
    if (user === undefined) return this.#refusal({ kind: 'answer', status: 404, code: 'E0000007' });
    if (fault?.kind === 'answer') {
      if (fault.applied) this.apply(user, call);
      return this.#refusal(fault);
    }
    if (fault?.kind === 'lost' && !fault.applied)
      return this.#transport('UND_ERR_SOCKET', 'possible');
    if (fault?.kind === 'late') {
      void this.clock.sleep(fault.afterMs).then(() => this.apply(user, call));
      return fault.status === undefined
        ? this.#transport('TIMEOUT', 'possible')
        : this.#refusal({ kind: 'answer', status: fault.status, effect: 'possible' });
    }
    const rule = RULES[call.step];
    if (rule?.from.includes(user.status) === false)
      return this.#refusal({
        kind: 'answer',
        status: rule.code === 'E0000001' ? 400 : 403,
        code: rule.code,
      });
    const effect = this.apply(user, call);
    if (fault?.kind === 'lost') return this.#transport('UND_ERR_SOCKET', 'possible');
    if (fault?.kind === 'cut-body') return this.#transport('UND_ERR_SOCKET', 'certain');
    if (fault?.kind === 'unreadable')
      return this.#failed({
        ...{ kind: 'answer', status: 200, message: 'unreadable', effect: 'certain' },
        requestId: 'request',
      });
    return { kind: 'ok', value: effect, call: this.#facts(200) };
  }

  async #read(id: string, signal: AbortSignal): Promise<Answer<User>> {
    signal.throwIfAborted();
    this.reads += 1;
    const fault = this.faultOfRead(this.reads) ?? this.faultOfReadOf(id);
    await this.clock.sleep(this.latencyMs, signal);
    this.onRead(id);
    if (fault?.kind === 'answer' || fault?.kind === 'throttled') return this.#refusal(fault);
    if (fault !== undefined) return this.#transport('ECONNREFUSED', 'none');
    const user = this.users.get(id);
    if (user === undefined) return this.#refusal({ kind: 'answer', status: 404, code: 'E0000007' });
    const seenMs = this.nowMs() - this.readLagMs;
    const seen = this.#shown.get(id)?.find(({ untilMs }) => seenMs < untilMs)?.user ?? user;
    const { status, providerType, statusChangedMs, passwordChangedMs } = seen;
    return {
      kind: 'ok',
      value: {
        id: user.id,
        status,
        login: `${id}@example.com`,
        email: undefined,
        secondEmail: undefined,
        providerType,
        providerName: undefined,
        statusChangedMs,
        passwordChangedMs,
        raw: {},
      },
      call: this.#facts(200),
    };
  }

  async #factors(id: string, signal: AbortSignal): Promise<Answer<readonly Factor[]>> {
    signal.throwIfAborted();
    this.reads += 1;
    const fault = this.faultOfRead(this.reads) ?? this.faultOfReadOf(id);
    await this.clock.sleep(this.latencyMs, signal);
    if (fault?.kind === 'answer' || fault?.kind === 'throttled') return this.#refusal(fault);
    if (fault !== undefined) return this.#transport('ECONNREFUSED', 'none');
    const user = this.users.get(id);
    if (user === undefined) return this.#refusal({ kind: 'answer', status: 404, code: 'E0000007' });
    const seenMs = this.nowMs() - this.readLagMs;
    const seen = this.#shown.get(id)?.find(({ untilMs }) => seenMs < untilMs)?.user ?? user;
    const factors = seen.factors.map((factor) => ({ ...factor, type: 'push' }));
    return { kind: 'ok', value: factors, call: this.#facts(200) };
  }

  /** The org as the engine sees it. */
  writer(): OrgWriter {
    const unused = () => Promise.reject(new Error('not called by the engine'));
    return {
      origin: 'https://acme.example',
      host: 'acme.example',
      organization: async (signal) => {
        this.organizationCalls += 1;
        await this.clock.sleep(this.latencyMs, signal);
        const fault = this.faultOfRead(0);
        if (fault !== undefined) return this.#transport('ECONNREFUSED', 'none');
        return { kind: 'ok', value: { id: 'org', engine: 'oie' }, call: this.#facts(200) };
      },
      me: unused,
      user: (id, signal) => this.#read(id, signal),
      factors: (id, signal) => this.#factors(id, signal),
      users: unused,
      groupsNamed: unused,
      groupsLike: unused,
      group: unused,
      groupMembers: unused,
      admins: unused,
      roles: unused,
      logEvents: async (page, signal) => {
        this.logPages += 1;
        await this.clock.sleep(this.latencyMs, signal);
        if (!this.logReadable)
          return this.#refusal({ kind: 'answer', status: 403, code: 'E0000006' });
        const from = 'next' in page ? Number(page.next) : 0;
        const items = this.events.slice(from, from + 3);
        const more = from + 3 < this.events.length;
        return {
          kind: 'ok',
          value: { items, next: more ? { next: String(from + 3) } : undefined },
          call: this.#facts(200),
        };
      },
      linkLifetime: unused,
      limits: () => [],
      serverNowMs: () =>
        this.#learnt === undefined ? undefined : this.#learnt + this.clock.monotonicMs(),
      write: (call, signal) => this.#write(call, signal),
    };
  }
}
