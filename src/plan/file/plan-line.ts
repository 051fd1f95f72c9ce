import type { PlannedRow } from '../../domain/plan/plan.ts';
import type { Columns } from '../../domain/row/row.ts';
import { parseUserId } from '../../domain/org/user-id.ts';
import { PLAIN_SKIP_REASONS, type SkipReason, type Verdict } from '../../domain/plan/verdict.ts';

const PLAIN_REASONS: ReadonlySet<string> = new Set(PLAIN_SKIP_REASONS);

/** Formats a planned row as a line of plan.jsonl, without its newline. */
export function planLine(planned: PlannedRow): string {
  const { row, source, line, input, userId, login, status, providerType, columns } = planned;
  const { statusChangedMs, passwordChangedMs, verdict } = planned;
  const skip = verdict.kind === 'skip' ? verdict : undefined;
  // JSON omits undefined values.
  return JSON.stringify({
    row,
    source,
    line,
    input,
    userId,
    login,
    status,
    providerType,
    statusChangedMs,
    passwordChangedMs,
    verdict: verdict.kind,
    reason: skip?.reason,
    detail: skip?.detail,
    columns,
  });
}

type Unchecked = Readonly<Record<string, unknown>>;

function isUnchecked(value: unknown): value is Unchecked {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOptional(value: unknown, type: 'string' | 'number'): boolean {
  return value === undefined || typeof value === type;
}

function isReason(value: unknown): value is SkipReason {
  if (typeof value !== 'string') return false;
  return PLAIN_REASONS.has(value) || value.startsWith('status:') || value.startsWith('provider:');
}

function readVerdict({ verdict, reason, detail }: Unchecked): Verdict | undefined {
  if (verdict === 'act') {
    return reason === undefined && detail === undefined ? { kind: 'act' } : undefined;
  }
  if (verdict !== 'skip' || !isReason(reason)) return undefined;
  if (detail === undefined) return { kind: 'skip', reason };
  return typeof detail === 'string' ? { kind: 'skip', reason, detail } : undefined;
}

function readColumns(value: unknown): Columns | undefined {
  if (!isUnchecked(value)) return undefined;
  for (const name in value) if (typeof value[name] !== 'string') return undefined;
  return value as Columns;
}

/** The beginning of `columns`, the last member of a line. No text contains it, because its quotes would be escaped. */
const COLUMNS = ',"columns":{';

function withoutColumns(text: string): string {
  const at = text.indexOf(COLUMNS);
  return at < 0 ? text : `${text.slice(0, at)}${COLUMNS}}}`;
}

/**
 * Parses a line of plan.jsonl; undefined if it is not a planned row with this number. Checked by hand, because a schema
 * library would take longer for a million rows than the rest of the reading. Without `columns`, the original columns are
 * neither parsed nor checked, and the row has none.
 */
export function readPlanLine(text: string, row: number, columns = true): PlannedRow | undefined {
  let value: unknown;
  try {
    value = JSON.parse(columns ? text : withoutColumns(text));
  } catch {
    return undefined;
  }
  if (!isUnchecked(value) || value['row'] !== row) return undefined;
  const { source, line, input, userId, login, status, providerType } = value;
  const { statusChangedMs, passwordChangedMs } = value;
  const verdict = readVerdict(value);
  const original = readColumns(value['columns']);
  const id = typeof userId === 'string' ? parseUserId(userId) : undefined;
  if (
    verdict === undefined ||
    original === undefined ||
    (userId !== undefined && id === undefined) ||
    (verdict.kind === 'act' && id === undefined) ||
    typeof source !== 'string' ||
    typeof line !== 'number' ||
    typeof input !== 'string' ||
    !isOptional(login, 'string') ||
    !isOptional(status, 'string') ||
    !isOptional(providerType, 'string') ||
    !isOptional(statusChangedMs, 'number') ||
    !isOptional(passwordChangedMs, 'number')
  ) {
    return undefined;
  }
  return {
    row,
    source,
    line,
    input,
    userId: id,
    login: login as string | undefined,
    status: status as string | undefined,
    providerType: providerType as string | undefined,
    statusChangedMs: statusChangedMs as number | undefined,
    passwordChangedMs: passwordChangedMs as number | undefined,
    verdict,
    columns: original,
  };
}
