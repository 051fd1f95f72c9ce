import { followupMeaning } from '../../app/followup/followup-meaning.ts';
import {
  FOLLOWUP_STATES,
  RESENDABLE,
  type FollowupState,
} from '../../app/followup/followup-state.ts';
import { APP_ERROR_ENTRIES, type AppErrorEntry } from '../../domain/codes/app-error-entries.ts';
import { usage } from '../../domain/codes/app-error.ts';
import { EXIT } from '../../domain/codes/exit-code.ts';
import { DISPOSITION_WORDS } from '../../domain/codes/disposition-words.ts';
import { END_ENTRIES, findEnd, type EndEntry } from '../../domain/codes/end-entries.ts';
import type { ErrorEntry, WhoCanFix } from '../../domain/codes/error-entry.ts';
import { ERROR_ENTRIES, findErrorEntry } from '../../domain/codes/okta-error.ts';
import { findReason, REASONS, type ReasonEntry } from '../../domain/codes/reasons.ts';
import { findStatus, STATUS_ENTRIES, type StatusEntry } from '../../domain/codes/status-entries.ts';
import { asCalled } from '../../domain/program.ts';
import { wrap } from '../../text/layout.ts';
import { closest } from '../../domain/closest.ts';
import type { Execute } from '../line/commands.ts';
import { jsonLine } from '../../text/safe.ts';
import { asLines, styled } from '../../text/styled.ts';

/** What is known by its kind. */
type Described = StatusEntry | EndEntry | StateEntry;

interface Reason extends ReasonEntry {
  readonly code: string;
  readonly who: WhoCanFix;
}

function reasonOf(code: string): Reason | undefined {
  const [kind = '', value] = code.toLowerCase().split(':');
  // Okta writes statuses and providers in capitals.
  const withValue = value === undefined ? kind : `${kind}:${value.toUpperCase()}`;
  const reason = /^(?:status|provider)$/.test(kind) ? withValue : code.toLowerCase();
  const found = findReason(reason);
  return found === undefined ? undefined : { code: reason, who: 'you', ...found };
}

/** A state of a follow-up, with the words that the follow-up of a password reset has for it. */
interface StateEntry {
  readonly code: FollowupState;
  readonly kind: 'state of a user in a follow-up';
  readonly meaning: string;
  readonly how: string;
}

function stateOf(text: string): StateEntry | undefined {
  const code = FOLLOWUP_STATES.find((state) => state === text.toLowerCase());
  if (code === undefined) return undefined;
  const words = followupMeaning(code, 'reset-password');
  const again = RESENDABLE.some((state) => state === code)
    ? ` To act on them again: okta-reset followup RUN --resend --only ${code}`
    : '';
  return {
    code,
    kind: 'state of a user in a follow-up',
    meaning: `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`,
    how: `followup.csv in the run’s directory lists these users.${again}`,
  };
}

/** Returns the Okta codes that come with an HTTP status. */
function codesWith({ kind, code }: Described): string {
  if (kind !== 'HTTP status') return '';
  const codes = ERROR_ENTRIES.filter(({ statuses }) => statuses.includes(Number(code)));
  return codes.length === 0 ? '' : ` · ${codes.map((entry) => entry.code).join(' ')}`;
}

function factsOf(entry: AppErrorEntry | ErrorEntry | Reason | Described): string {
  if ('kind' in entry) return `${entry.kind}${codesWith(entry)}`;
  if ('exitCode' in entry) return `exit code ${entry.exitCode}`;
  if ('outcome' in entry) return `a reason of rows that are ${entry.outcome}`;
  const status = entry.statuses.length === 0 ? '' : `HTTP ${entry.statuses.join(', ')} · `;
  return `${status}the run ${DISPOSITION_WORDS[entry.disposition].replaceAll('`', '')}`;
}

/** Returns a code as it is, also where it was copied from an error's line: `[RUN_EXISTS]`. */
const bare = (word: string) => word.trim().replace(/^\[(.*)\]$/, '$1');

export const execute: Execute<'explain'> = async ({ word = '', terminal }) => {
  const code = bare(word);
  const ours = APP_ERROR_ENTRIES.find((entry) => entry.code === code.toUpperCase());
  const theirs = findErrorEntry(code.replace(/^transport:/i, ''));
  const entry =
    ours ?? theirs ?? findStatus(code) ?? reasonOf(code) ?? findEnd(code) ?? stateOf(code);
  if (entry === undefined) {
    const codes = [...APP_ERROR_ENTRIES, ...ERROR_ENTRIES, ...STATUS_ENTRIES].map(
      (known) => known.code,
    );
    const words = [...REASONS, ...END_ENTRIES.map((known) => known.code), ...FOLLOWUP_STATES];
    const near = closest(code.toUpperCase(), codes) ?? closest(code.toLowerCase(), words);
    throw usage(
      `No code “${code}” is known.`,
      near === undefined ? 'docs/errors.md lists all codes.' : `Did you mean ${near}?`,
    );
  }
  if (terminal.json) {
    await terminal.stdout.write(`${jsonLine({ v: 1, type: 'explanation', ...entry })}\n`);
    return EXIT.ok;
  }
  const width = Math.min(100, terminal.stdout.size().columns) - 2;
  const said = (text: string) => asCalled(text, terminal.host.program);
  const facts = wrap(factsOf(entry), width - entry.code.length, '  ');
  const lines = [
    styled`${terminal.outStyle.bold(entry.code)}  ${asLines(facts)}`,
    '',
    ...wrap(said(entry.meaning), width).map((line) => `  ${line}`),
    '',
    ...wrap(
      said(
        'who' in entry && !('outcome' in entry)
          ? `Who can fix it: ${entry.who}. ${entry.how}`
          : entry.how,
      ),
      width,
    ).map((line) => `  ${line}`),
  ];
  await terminal.out(asLines([...lines, '']));
  return EXIT.ok;
};
