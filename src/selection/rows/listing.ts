import { usage } from '../../domain/codes/app-error.ts';
import type { Answer } from '../../domain/row/call.ts';
import type { Cursor, Group, OrgReader, Page, UserQuery } from '../../domain/org/org.ts';
import type { Row } from '../../domain/row/row.ts';
import type { User } from '../../domain/org/user.ts';
import { inputError, printable, quoted } from '../input-error.ts';
import type { SelectionPorts } from '../selection.ts';

/** The largest page of users that Okta returns. */
const PAGE_USERS = 200;
const GROUP_ID = /^00g[A-Za-z0-9]{17}$/;

type PageOf = (cursor: Cursor | undefined, signal: AbortSignal) => Promise<Answer<Page<User>>>;

function rowOf(source: string, line: number, user: User): Row {
  return { source, line, identifier: { kind: 'id', value: user.id }, columns: {}, user };
}

/** Returns the org that a selection reads from. Throws USAGE if there is none. */
export function orgOf(ports: SelectionPorts): OrgReader {
  if (ports.reader !== undefined) return ports.reader;
  throw usage(
    'This selection needs an org, and no org is given.',
    'Pass --org URL, and set a credential.',
  );
}

async function* listPages(
  source: string,
  pageOf: PageOf,
  refusal: (page: Extract<Answer<unknown>, { kind: 'failed' }>) => Error,
  signal: AbortSignal,
): AsyncGenerator<readonly Row[]> {
  let cursor: Cursor | undefined;
  let line = 0;
  do {
    signal.throwIfAborted();
    const page = await pageOf(cursor, signal);
    if (page.kind === 'failed') throw refusal(page);
    yield page.value.items.map((user) => rowOf(source, (line += 1), user));
    cursor = page.value.next;
  } while (cursor !== undefined);
}

/**
 * Lists users by a query, page by page. Rejects with INPUT_QUERY if Okta refuses the expression, else as `failureError`
 * says.
 */
export function listUsers(
  source: string,
  query: UserQuery,
  ports: SelectionPorts,
  signal: AbortSignal,
): AsyncGenerator<readonly Row[]> {
  const reader = orgOf(ports);
  return listPages(
    source,
    (cursor) => reader.users(cursor ?? { query, limit: PAGE_USERS }, signal),
    ({ failure }) => {
      if (failure.kind !== 'okta' || failure.status !== 400 || query.kind === 'all') {
        return ports.failureError(failure, 'list users');
      }
      const said = failure.oktaCode === undefined ? 'HTTP 400' : `HTTP 400 ${failure.oktaCode}`;
      const request = failure.requestId === undefined ? '' : `, request ${failure.requestId}`;
      return inputError(
        'INPUT_QUERY',
        `Okta refuses ${printable(source)} (${said}${request}): ${printable(failure.message)}`,
        query.kind === 'search'
          ? 'Check attribute names and quotes: --search \'profile.department eq "Sales"\'. --search has no operator “ne”.'
          : '--filter knows status, id, lastUpdated and profile.login, email, firstName, lastName, only with eq. Use --search for anything else.',
        failure.message,
      );
    },
    signal,
  );
}

/**
 * Finds the one group with this id or exact name. Rejects with INPUT_GROUP unless there is exactly one, else as
 * `failureError` says.
 */
export async function findGroup(
  named: string,
  ports: SelectionPorts,
  signal: AbortSignal,
): Promise<Group> {
  const reader = orgOf(ports);
  const group = named.trim();
  signal.throwIfAborted();
  if (GROUP_ID.test(group)) {
    const answer = await reader.group(group, signal);
    if (answer.kind === 'ok') return answer.value;
    const { failure } = answer;
    if (failure.kind !== 'okta' || failure.status !== 404) {
      throw ports.failureError(failure, `read the group ${quoted(group)}`);
    }
    throw inputError(
      'INPUT_GROUP',
      `${reader.host} has no group with the id ${quoted(group)}.`,
      'Check the id: it is the last part of the group’s address in the admin console.',
    );
  }
  const answer = await reader.groupsNamed(group, signal);
  if (answer.kind === 'failed') {
    throw ports.failureError(answer.failure, `find the group ${quoted(group)}`);
  }
  const [only, ...others] = answer.value;
  if (only === undefined) {
    throw inputError(
      'INPUT_GROUP',
      `${reader.host} has no group named ${quoted(group)}.`,
      'Write the name exactly as the admin console shows it, or give the group’s id: --group 00g….',
    );
  }
  if (others.length > 0) {
    const ids = answer.value.slice(0, 10).map(({ id }) => id);
    throw inputError(
      'INPUT_GROUP',
      `${reader.host} has ${answer.value.length} groups named ${quoted(group)}: ${ids.join(', ')}.`,
      `Give the id of the one you mean: --group ${only.id}`,
    );
  }
  return only;
}

/**
 * Lists the members of a group, page by page. The group is given by its id or exact name. Rejects with INPUT_GROUP unless
 * there is exactly one, else as `failureError` says.
 */
export async function* listGroup(
  group: string,
  ports: SelectionPorts,
  signal: AbortSignal,
): AsyncGenerator<readonly Row[]> {
  const reader = orgOf(ports);
  const { id } = await findGroup(group, ports, signal);
  yield* listPages(
    `--group ${printable(group)}`,
    (cursor) => reader.groupMembers(cursor ?? { groupId: id, limit: PAGE_USERS }, signal),
    ({ failure }) => ports.failureError(failure, `list the members of ${quoted(group)}`),
    signal,
  );
}
