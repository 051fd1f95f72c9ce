import { AppError } from '../../domain/codes/app-error.ts';
import type { Failure } from '../../domain/row/failure.ts';
import type { LogEvent, OrgReader } from '../../domain/org/org.ts';
import { inputError, printable } from '../input-error.ts';
import type { SelectionPorts } from '../selection.ts';

/** The start and end of a search, by Okta's clock, in epoch milliseconds. */
export interface LogWindow {
  readonly filter: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** How much of the end of a window is read a second time, because events are written late and Okta does not say how late. */
export const LATE_MS = 5 * 60_000;

function refusedExpression(failure: Extract<Failure, { kind: 'okta' }>, filter: string): Error {
  const said = failure.oktaCode === undefined ? 'HTTP 400' : `HTTP 400 ${failure.oktaCode}`;
  const request = failure.requestId === undefined ? '' : `, request ${failure.requestId}`;
  return inputError(
    'INPUT_QUERY',
    `Okta refuses --log ${printable(filter)} (${said}${request}): ${printable(failure.message)}`,
    'Check attribute names and quotes: --log \'eventType eq "user.session.start" and client.ipAddress sw "203.0.113."\'. Times go into --log-since and --log-until.',
    failure.message,
  );
}

function logError(failure: Failure, filter: string, ports: SelectionPorts): Error {
  if (failure.kind === 'okta' && failure.status === 400) return refusedExpression(failure, filter);
  const error = ports.failureError(failure, 'read the System Log');
  if (failure.kind !== 'okta' || failure.status !== 403 || !(error instanceof AppError))
    return error;
  const { code, message, exitCode, cause } = error;
  return new AppError(code, message, {
    exitCode,
    cause,
    hint: 'A service app needs the scope okta.logs.read (Applications › the app › Okta API Scopes) and a role that sees the System Log; an API token acts with its creator’s role. Super, Org, Read-only and Report Administrators see it.',
  });
}

async function* pagesOf(
  reader: OrgReader,
  window: LogWindow,
  ports: SelectionPorts,
  signal: AbortSignal,
): AsyncGenerator<readonly LogEvent[]> {
  let page: Parameters<OrgReader['logEvents']>[0] | undefined = window;
  while (page !== undefined) {
    signal.throwIfAborted();
    const answer = await reader.logEvents(page, signal);
    if (answer.kind === 'failed') throw logError(answer.failure, window.filter, ports);
    yield answer.value.items;
    page = answer.value.next;
  }
}

/**
 * Reads the events of a window, page by page, each event once. If it ends now (`isOpen`), its last five minutes are read
 * once more. Rejects with INPUT_QUERY if Okta refuses the expression, with AUTH_PERMISSION, else as `failureError` says.
 */
export async function* readEvents(
  reader: OrgReader,
  window: LogWindow,
  isOpen: boolean,
  ports: SelectionPorts,
  signal: AbortSignal,
): AsyncGenerator<readonly LogEvent[]> {
  const lateMs = Math.max(window.sinceMs, window.untilMs - LATE_MS);
  const seen = new Set<string>();
  for await (const events of pagesOf(reader, window, ports, signal)) {
    for (const { uuid, publishedMs } of events) if (publishedMs >= lateMs) seen.add(uuid);
    yield events;
  }
  if (!isOpen) return;
  for await (const events of pagesOf(reader, { ...window, sinceMs: lateMs }, ports, signal)) {
    const late = events.filter(({ uuid }) => !seen.has(uuid));
    for (const { uuid } of late) seen.add(uuid);
    yield late;
  }
}
