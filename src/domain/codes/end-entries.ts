import { OUTCOMES, type Outcome } from '../row/outcome.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

/** What the outcome of a row or an exit code means, and what to do. It is for people only. */
export interface EndEntry {
  readonly code: string;
  readonly kind: 'outcome of a row' | 'exit code';
  readonly meaning: string;
  readonly how: string;
}

type Told = readonly [meaning: string, how: string];

const OUTCOME: Readonly<Record<Outcome, Told>> = {
  succeeded: ['Okta confirmed the action, or a later reading of the user did.', 'Nothing to do.'],
  skipped: [
    'Nothing was sent for this row; _reason says why.',
    'okta-reset explain REASON, with the reason of the row.',
  ],
  failed: [
    'Okta refused the call, or it had no effect; _reason and _okta_error_code say why.',
    'Settle the cause, then: okta-reset rerun RUN --only failed',
  ],
  unknown: [
    'It is not known whether the action took effect, so it is not repeated without you.',
    'Look the user up in the System Log, then: okta-reset rerun RUN --only unknown',
  ],
  'not-attempted': [
    'The run ended before this row; nothing was sent for it.',
    'okta-reset resume RUN continues with these rows.',
  ],
};

const EXIT_CODES: Readonly<Record<ExitCode, Told>> = {
  [EXIT.ok]: ['Every row was acted on, or skipped by policy.', 'Nothing to do.'],
  [EXIT.internal]: [
    'This is a bug in okta-reset.',
    'What was done is recorded. Run again with -v, report what it prints, then: okta-reset resume --last',
  ],
  [EXIT.usage]: [
    'The command line or the configuration is wrong.',
    'The error says what, and what to type instead.',
  ],
  [EXIT.input]: [
    'The input cannot be used.',
    'The error names the file, the line, and what to change there.',
  ],
  [EXIT.partial]: [
    'Finished, but some rows failed or are unknown.',
    'Read the failures: okta-reset report RUN; then: okta-reset rerun RUN',
  ],
  [EXIT.refused]: [
    'Refused, or stopped by a safety rule.',
    'The error or the end of the run says which rule, and what to check before you go on.',
  ],
  [EXIT.auth]: [
    'Okta rejects the credential, or it lacks a permission.',
    'okta-reset doctor says what is missing; then: okta-reset resume RUN',
  ],
  [EXIT.incomplete]: ['Not finished; resume continues.', 'okta-reset resume RUN'],
  [EXIT.sigint]: [
    'Stopped by Ctrl-C, after the calls under way had finished.',
    'okta-reset resume RUN continues.',
  ],
  [EXIT.sigterm]: [
    'Stopped by SIGTERM, after the calls under way had finished.',
    'okta-reset resume RUN continues.',
  ],
};

/** The exit codes of the process, in their order. */
export const EXIT_ENTRIES: readonly EndEntry[] = Object.values(EXIT).map((code) => {
  const [meaning, how] = EXIT_CODES[code];
  return { code: String(code), kind: 'exit code', meaning, how };
});

/** The outcomes of rows and the exit codes. */
export const END_ENTRIES: readonly EndEntry[] = [
  ...OUTCOMES.map((code): EndEntry => {
    const [meaning, how] = OUTCOME[code];
    return { code, kind: 'outcome of a row', meaning, how };
  }),
  ...EXIT_ENTRIES,
];

/** Explains an outcome or an exit code, in any case, also as `exit code 7` or `exit 7`. */
export function findEnd(text: string): EndEntry | undefined {
  const code = text
    .trim()
    .replace(/^exit(?:[\s-]code)?[\s:=-]*/i, '')
    .toLowerCase();
  return END_ENTRIES.find((entry) => entry.code === code);
}
