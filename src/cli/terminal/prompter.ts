import * as clack from '@clack/prompts';
import { StopRequest } from '../../app/run/interrupt.ts';
import { plainLines } from '../../text/safe.ts';

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  /** Its consequence, in one line. */
  readonly hint?: string;
}

/** Asks a person. Each question rejects with StopRequest when the person leaves it by Ctrl-C or Escape. */
export interface Prompter {
  readonly begin: (title: string) => void;
  readonly choose: <T extends string>(message: string, choices: readonly Choice<T>[]) => Promise<T>;
  /** Any number of the choices, none too; `ticked` are taken unless the person takes them away. */
  readonly several: <T extends string>(
    message: string,
    choices: readonly Choice<T>[],
    ticked: readonly T[],
  ) => Promise<readonly T[]>;
  /** `check` says what is wrong with a text, undefined where nothing is. */
  readonly ask: (
    message: string,
    options: {
      readonly example?: string;
      readonly check: (text: string) => string | undefined;
    },
  ) => Promise<string>;
  /** Shows no letter of what is typed. */
  readonly askSecret: (message: string) => Promise<string>;
  readonly note: (title: string, lines: readonly string[]) => void;
  readonly problem: (text: string) => void;
  readonly end: (text: string) => void;
}

function answered<T>(answer: T | typeof clack.CANCEL_SYMBOL): T {
  if (answer === clack.CANCEL_SYMBOL) throw new StopRequest('SIGINT');
  return answer;
}

/** A choice as the library takes it, made safe: labels hold hosts and names from outside. */
function option({ value, label, hint }: Choice<string>) {
  return {
    value,
    label: plainLines(label),
    ...(hint === undefined ? {} : { hint: plainLines(hint) }),
  };
}

/** Asks on the terminal of this process. */
export const terminalPrompter: Prompter = {
  begin: (title) => clack.intro(plainLines(title)),
  choose: async (message, choices) => {
    const options = choices.map(option);
    const answer = answered(await clack.select<string>({ message: plainLines(message), options }));
    const chosen = choices.find((choice) => choice.value === answer);
    if (chosen === undefined) throw new Error('The prompt gave an answer that was not offered.');
    return chosen.value;
  },
  several: async (message, choices, ticked) => {
    const options = choices.map(option);
    const answer = await clack.multiselect<string>({
      message: plainLines(message),
      options,
      initialValues: [...ticked],
      required: false,
    });
    const taken = answered(answer);
    return choices.map((choice) => choice.value).filter((value) => taken.includes(value));
  },
  ask: async (message, { example, check }) =>
    answered(
      await clack.text({
        message: plainLines(message),
        ...(example === undefined ? {} : { placeholder: example }),
        validate: (text) => {
          const wrong = check((text ?? '').trim());
          return wrong === undefined ? undefined : plainLines(wrong);
        },
      }),
    ).trim(),
  askSecret: async (message) =>
    answered(await clack.password({ message: plainLines(message) })).trim(),
  note: (title, lines) => clack.note(plainLines(lines.join('\n')), plainLines(title)),
  problem: (text) => clack.log.error(plainLines(text)),
  end: (text) => clack.outro(plainLines(text)),
};
