import { isStep } from '../domain/plan/step.ts';
import type { JournalRecord } from '../domain/run/journal-record.ts';

const ENDS: ReadonlySet<unknown> = new Set(['succeeded', 'failed', 'unknown', 'skipped']);
const EFFECTS: ReadonlySet<unknown> = new Set(['applied', 'not-applied', 'unknown']);

type Fields = Readonly<Record<string, unknown>>;

const isText = (value: unknown) => typeof value === 'string';
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isRow = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1;
const isOptional = (type: 'string' | 'number', value: unknown) =>
  value === undefined || typeof value === type;

const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const isSizes = (value: unknown) => Array.isArray(value) && value.every(isRow);

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasAnswerFacts(fields: Fields): boolean {
  return (
    isOptional('number', fields['status']) &&
    isOptional('string', fields['oktaCode']) &&
    isOptional('string', fields['message']) &&
    isOptional('string', fields['requestId']) &&
    isOptional('string', fields['secret'])
  );
}

function isBefore(value: unknown): boolean {
  return (
    isObject(value) &&
    isOptional('string', value['status']) &&
    isOptional('number', value['statusChangedMs']) &&
    isOptional('number', value['passwordChangedMs'])
  );
}

function isPrincipal(value: unknown): boolean {
  if (!isObject(value)) return false;
  switch (value['kind']) {
    case 'user':
      return isText(value['id']) && isText(value['login']);
    case 'app':
      return isText(value['clientId']);
    default:
      return value['kind'] === 'unknown';
  }
}

function isNote(note: unknown): boolean {
  if (!isObject(note)) return false;
  switch (note['kind']) {
    case 'canary-verified':
    case 'consented':
      return isCount(note['rows']);
    case 'wave-consented':
      return isRow(note['wave']);
    case 'pause':
      return isText(note['bucket']) && typeof note['waitMs'] === 'number' && isText(note['cause']);
    case 'traffic':
      return (
        isText(note['bucket']) &&
        isCount(note['calls']) &&
        isCount(note['throttled']) &&
        typeof note['waitedMs'] === 'number'
      );
    case 'temp-password-split':
      return true;
    case 'handed-over':
    case 'taken-up':
      return isText(note['runId']) && isText(note['dir']) && isCount(note['rows']);
    default:
      // A note does not change the state, so a kind that a later version writes is ignored.
      return isText(note['kind']);
  }
}

function isRecord(fields: Fields): boolean {
  if (!isText(fields['at'])) return false;
  switch (fields['kind']) {
    case 'attempt':
      return (
        isRow(fields['row']) &&
        isText(fields['userId']) &&
        isStep(fields['step']) &&
        isRow(fields['attempt']) &&
        typeof fields['serverTimeMs'] === 'number' &&
        isBefore(fields['before'])
      );
    case 'outcome':
      return (
        isRow(fields['row']) &&
        ENDS.has(fields['outcome']) &&
        isCount(fields['attempts']) &&
        isOptional('string', fields['reason']) &&
        (fields['step'] === undefined || isStep(fields['step'])) &&
        isOptional('string', fields['startedAt']) &&
        hasAnswerFacts(fields)
      );
    case 'effect':
      return (
        isRow(fields['row']) &&
        isStep(fields['step']) &&
        isRow(fields['attempt']) &&
        EFFECTS.has(fields['effect']) &&
        hasAnswerFacts(fields)
      );
    case 'opened':
      return (
        isText(fields['runId']) &&
        isText(fields['planDigest']) &&
        isText(fields['toolVersion']) &&
        isCount(fields['pid']) &&
        isText(fields['hostname']) &&
        (fields['canary'] === undefined || isCount(fields['canary'])) &&
        (fields['waves'] === undefined || isSizes(fields['waves'])) &&
        (fields['canaryOnly'] === undefined || fields['canaryOnly'] === true) &&
        (fields['recipients'] === undefined || isTexts(fields['recipients'])) &&
        (fields['principal'] === undefined || isPrincipal(fields['principal']))
      );
    case 'closed':
      return fields['stop'] === undefined || isObject(fields['stop']);
    case 'note':
      return isNote(fields['note']);
    default:
      return false;
  }
}

/**
 * Parses the text of a line to its record and sequence number; undefined if it is not a record. Checked by hand for speed.
 */
export function parseRecord(
  text: string,
): { readonly seq: unknown; readonly record: JournalRecord } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || !isRecord(value)) return undefined;
  return { seq: value['seq'], record: value as unknown as JournalRecord };
}
