import type { Answer, CallFacts } from '../../src/domain/row/call.ts';
import type { Failure } from '../../src/domain/row/failure.ts';
import type { OrgReader, Page } from '../../src/domain/org/org.ts';
import type { Identifier, Row } from '../../src/domain/row/row.ts';
import type { PolicyOptions } from '../../src/domain/run/run-file.ts';
import type { UserId } from '../../src/domain/org/user-id.ts';
import type { User } from '../../src/domain/org/user.ts';

const CALL: CallFacts = {
  status: 200,
  requestId: 'req',
  serverTimeMs: 0,
  durationMs: 1,
};

/** What applies if no flag says more. */
export const POLICY: PolicyOptions = {
  includeStatus: [],
  includeProvider: [],
  includeAdmins: false,
  resend: false,
  sinceMs: undefined,
  lookup: true,
};

export const never = new AbortController().signal;

export function userId(n: number): UserId {
  return `00u${String(n).padStart(17, '0')}` as UserId;
}

export function makeUser(n: number, over: Partial<User> = {}): User {
  return {
    id: userId(n),
    status: 'ACTIVE',
    login: `user${n}@example.com`,
    email: `user${n}@example.com`,
    secondEmail: undefined,
    providerType: 'OKTA',
    providerName: 'OKTA',
    statusChangedMs: 1_000,
    passwordChangedMs: 1_000,
    raw: {},
    ...over,
  };
}

export function okta(status: number, oktaCode?: string): Failure {
  return {
    kind: 'okta',
    status,
    oktaCode,
    message: 'refused',
    requestId: 'req',
    insufficientScope: false,
    throttle: undefined,
    effect: 'none',
  };
}

export function failed(failure: Failure): Answer<never> {
  return { kind: 'failed', failure, call: CALL };
}

export function ok<T>(value: T): Answer<T> {
  return { kind: 'ok', value, call: CALL };
}

/** The error of a failed read, in a form that the tests recognize. */
export class ReadError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure, tried: string) {
    super(tried);
    this.failure = failure;
  }
}

export const failureError = (failure: Failure, tried: string) => new ReadError(failure, tried);

export interface FakeRules {
  /** Characters of path and query before 414. */
  readonly urlLimit?: number;
  readonly tooLong?: Failure;
  /** Characters of a login in a path before 414. */
  readonly loginLimit?: number;
  /** Terms before 400. */
  readonly termLimit?: number;
  /** Values whose presence in a search makes it a 400. */
  readonly culprits?: ReadonlySet<string>;
  readonly pageSize?: number;
  /** Ids that the search does not find yet. */
  readonly unindexed?: ReadonlySet<string>;
  /** Users that every search also returns. */
  readonly uninvited?: readonly User[];
  readonly searchFailure?: Failure;
  /** Waits before a search answers: takes the number of the search, and the signal that ends it. */
  readonly delay?: (search: number, signal: AbortSignal) => Promise<void>;
}

export interface FakeOrg {
  readonly reader: Pick<OrgReader, 'users' | 'user'>;
  readonly searches: string[];
  readonly gets: string[];
  readonly inFlight: () => { readonly now: number; readonly most: number };
}

const CLAUSE = /([\w.]+) eq "((?:[^"\\]|\\.)*)"/g;

function clauses(expression: string): { attribute: string; value: string }[] {
  return [...expression.matchAll(CLAUSE)].map(([, attribute = '', value = '']) => ({
    attribute,
    value: value.replace(/\\(.)/g, '$1'),
  }));
}

/** An org that answers searches like Okta: ignoring case, in its own order, in pages. */
export function fakeOrg(users: readonly User[], rules: FakeRules = {}): FakeOrg {
  const searches: string[] = [];
  const gets: string[] = [];
  let now = 0;
  let most = 0;
  const byName = new Map<string, User[]>();
  const put = (key: string, user: User) => {
    const list = byName.get(key) ?? [];
    list.push(user);
    byName.set(key, list);
  };
  for (const user of users) {
    put(`id ${user.id.toLowerCase()}`, user);
    put(`profile.login ${user.login.toLowerCase()}`, user);
    if (user.email !== undefined) put(`profile.email ${user.email.toLowerCase()}`, user);
  }
  const search = (expression: string): Answer<readonly User[]> => {
    if (rules.searchFailure !== undefined) return failed(rules.searchFailure);
    const path = `/api/v1/users?search=${encodeURIComponent(expression)}&limit=200`;
    if (path.length > (rules.urlLimit ?? Infinity)) {
      return failed(rules.tooLong ?? okta(414, 'E0000256'));
    }
    const wanted = clauses(expression);
    if (wanted.length > (rules.termLimit ?? Infinity)) return failed(okta(400, 'E0000031'));
    if (wanted.some(({ value }) => rules.culprits?.has(value) === true)) {
      return failed(okta(400, 'E0000031'));
    }
    const found = wanted.flatMap(
      ({ attribute, value }) => byName.get(`${attribute} ${value.toLowerCase()}`) ?? [],
    );
    const known = found.filter((user) => rules.unindexed?.has(user.id) !== true);
    return ok([...new Set([...(rules.uninvited ?? []), ...known])].reverse());
  };
  const reader: FakeOrg['reader'] = {
    users: async (page, signal): Promise<Answer<Page<User>>> => {
      signal.throwIfAborted();
      now += 1;
      most = Math.max(most, now);
      try {
        const [from, expression] =
          'next' in page
            ? (JSON.parse(page.next) as [number, string])
            : [0, page.query.kind === 'search' ? page.query.expression : ''];
        searches.push(expression);
        await rules.delay?.(searches.length, signal);
        signal.throwIfAborted();
        const answer = search(expression);
        if (answer.kind === 'failed') return answer;
        const size = rules.pageSize ?? 200;
        const items = answer.value.slice(from, from + size);
        const more = from + size < answer.value.length;
        return ok({
          items,
          next: more ? { next: JSON.stringify([from + size, expression]) } : undefined,
        });
      } finally {
        now -= 1;
      }
    },
    user: async (idOrLogin) => {
      gets.push(idOrLogin);
      if (idOrLogin.length > (rules.loginLimit ?? Infinity)) return failed(okta(414));
      if (idOrLogin.includes('/')) {
        return failed({
          kind: 'transport',
          code: 'NOT_ADDRESSABLE',
          message: 'no',
          status: undefined,
          requestId: undefined,
          effect: 'none',
        });
      }
      const user = users.find(
        ({ id, login }) =>
          id === idOrLogin ||
          login.toLowerCase() === idOrLogin.toLowerCase() ||
          login.split('@')[0] === idOrLogin,
      );
      return user === undefined ? failed(okta(404, 'E0000007')) : ok(user);
    },
  };
  return { reader, searches, gets, inFlight: () => ({ now, most }) };
}

export function rowOf(identifier: Identifier, line = 1, user?: User): Row {
  return {
    source: 'users.csv',
    line,
    identifier,
    columns: { 'User ID': identifier.value },
    ...(user === undefined ? {} : { user }),
  };
}

export const byId = (n: number, line = n): Row => rowOf({ kind: 'id', value: userId(n) }, line);
export const byLogin = (value: string, line = 1): Row => rowOf({ kind: 'login', value }, line);
export const byEmail = (value: string, line = 1): Row => rowOf({ kind: 'email', value }, line);

export async function* stream<T>(values: Iterable<T>, seen?: (value: T) => void) {
  for (const value of values) {
    seen?.(value);
    yield value;
  }
}

export async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = [];
  for await (const value of values) gathered.push(value);
  return gathered;
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
