import * as clack from '@clack/prompts';
import { StopRequest } from '../../app/run/interrupt.ts';
import { plain } from '../../text/safe.ts';

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  /** Its consequence, in one line. */
  readonly hint?: string;
}

/** Asks a person. Each question rejects with StopRequest when the person leaves it with Ctrl-C or Escape. */
export interface Prompter {
  readonly begin: (title: string) => void;
  readonly choose: <T extends string>(message: string, choices: readonly Choice<T>[]) => Promise<T>;
  /** Any number of the choices, including none. `ticked` are chosen unless the person removes them. */
  readonly several: <T extends string>(
    message: string,
    choices: readonly Choice<T>[],
    ticked: readonly T[],
  ) => Promise<readonly T[]>;
  /** `check` says what is wrong with a text; undefined if nothing is. */
  readonly ask: (
    message: string,
    options: {
      readonly example?: string;
      readonly check: (text: string) => string | undefined;
    },
  ) => Promise<string>;
  /** Shows nothing of what is typed. */
  readonly askSecret: (message: string) => Promise<string>;
  readonly note: (title: string, lines: readonly string[]) => void;
  readonly problem: (lines: readonly string[]) => void;
  readonly end: (lines: readonly string[]) => void;
}

function answered<T>(answer: T | typeof clack.CANCEL_SYMBOL): T {
  if (answer === clack.CANCEL_SYMBOL) throw new StopRequest('SIGINT');
  return answer;
}

/** The part of the library that is used. Any of its texts can contain hosts and names from outside. */
export type PromptLibrary = Pick<
  typeof clack,
  'intro' | 'outro' | 'select' | 'multiselect' | 'text' | 'password' | 'note'
> & { readonly log: Pick<typeof clack.log, 'error'> };

/** Makes lines safe one by one, so that a line end within one has no effect. */
const safeLines = (lines: readonly string[]): string => lines.map(plain).join('\n');

/** A choice in the form of the library. */
function option({ value, label, hint }: Choice<string>) {
  return {
    value,
    label: plain(label),
    ...(hint === undefined ? {} : { hint: plain(hint) }),
  };
}

/**
 * Asks with a library of prompts. Nothing that it shows can control the terminal, and each label, hint and line stays on one
 * line.
 */
export const prompterOn = (library: PromptLibrary): Prompter => ({
  begin: (title) => library.intro(plain(title)),
  choose: async (message, choices) => {
    const options = choices.map(option);
    const answer = answered(await library.select<string>({ message: plain(message), options }));
    const chosen = choices.find((choice) => choice.value === answer);
    if (chosen === undefined) throw new Error('The prompt gave an answer that was not offered.');
    return chosen.value;
  },
  several: async (message, choices, ticked) => {
    const options = choices.map(option);
    const answer = await library.multiselect<string>({
      message: plain(message),
      options,
      initialValues: [...ticked],
      required: false,
    });
    const taken = answered(answer);
    return choices.map((choice) => choice.value).filter((value) => taken.includes(value));
  },
  ask: async (message, { example, check }) =>
    answered(
      await library.text({
        message: plain(message),
        ...(example === undefined ? {} : { placeholder: example }),
        validate: (text) => {
          const wrong = check((text ?? '').trim());
          return wrong === undefined ? undefined : plain(wrong);
        },
      }),
    ).trim(),
  askSecret: async (message) =>
    answered(await library.password({ message: plain(message) })).trim(),
  note: (title, lines) => library.note(safeLines(lines), plain(title)),
  problem: (lines) => library.log.error(safeLines(lines)),
  end: (lines) => library.outro(safeLines(lines)),
});

/** Asks on the terminal of this process. */
export const terminalPrompter: Prompter = prompterOn(clack);
