/** One flag of the command line, as data: the parser, the help, the completion and docs/cli.md are made from it. */
export interface Flag {
  readonly name: string;
  readonly kind: 'text' | 'list' | 'switch';
  /** What its value is called in help: FILE, N, TIME. */
  readonly value?: string;
  readonly alias?: string;
  /** What the flag was called before; understood, and named nowhere. */
  readonly formerName?: string;
  readonly describe: string;
  readonly group: FlagGroup;
  /** Tells whether the word after the value belongs to it: a time zone after hours. */
  readonly tail?: (word: string) => boolean;
  /** The words its value may be, for completion. */
  readonly choices?: readonly string[];
}

export type FlagGroup =
  | 'Who'
  | 'What'
  | 'Resend'
  | 'Policy'
  | 'Guards'
  | 'Pace'
  | 'Org'
  | 'Output'
  | 'Secrets'
  | 'Sandbox'
  | 'More';

/** Makes the flags of one group: with one value, repeatable, or without a value. */
export function flagsOf(group: FlagGroup) {
  return {
    text: (name: string, value: string, describe: string): Flag => ({
      name,
      kind: 'text',
      value,
      describe,
      group,
    }),
    list: (name: string, value: string, describe: string): Flag => ({
      name,
      kind: 'list',
      value,
      describe,
      group,
    }),
    on: (name: string, describe: string, alias?: string): Flag => ({
      name,
      kind: 'switch',
      describe,
      group,
      ...(alias === undefined ? {} : { alias }),
    }),
  };
}
