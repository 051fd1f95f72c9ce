import { usage } from '../../domain/codes/app-error.ts';
import { parseDurationMs } from '../../domain/duration.ts';

/** A kind of value, and how to parse it. `parse` throws USAGE, which names the flag. */
export interface Kind<T> {
  readonly parse: (text: string, flag: string) => T;
  /** The possible words, if there are few. */
  readonly choices?: readonly string[];
}

export const anyText: Kind<string> = { parse: (text) => text };

/** A text that is not empty, which an unset shell variable would be. */
export const filled: Kind<string> = {
  parse: (text, flag) => {
    if (text.trim() !== '') return text;
    throw usage(
      `--${flag} is empty.`,
      'Is it a shell variable that is not set? Nothing was selected.',
    );
  },
};

/** A whole number from `least` to `most`. */
export const whole = (least: number, most = 1_000_000_000): Kind<number> => ({
  parse: (text, flag) => {
    const value = /^\d{1,12}$/.test(text.trim()) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw usage(
      `--${flag} takes a whole number from ${least}${most < 1_000_000_000 ? ` to ${most}` : ''}, not “${text}”.`,
      `Example: --${flag} ${Math.max(least, 10)}`,
    );
  },
});

/** A duration, `500ms`, `30s`, `5m`, `2h`, in milliseconds. */
export const duration: Kind<number> = {
  parse: (text, flag) => {
    const value = parseDurationMs(text);
    if (value !== undefined && value > 0) return value;
    throw usage(
      `--${flag} takes a length of time, not “${text}”.`,
      `Write it as 500ms, 30s, 5m or 2h: --${flag} 30s`,
    );
  },
};

/** A moment (ISO 8601; a date without a time is midnight UTC), in epoch milliseconds. */
export const moment: Kind<number> = {
  parse: (text, flag) => {
    const shape = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;
    // Without a zone, a time would be a different moment on every machine. Okta's own times are UTC.
    const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) || text.length === 10 ? text : `${text}Z`;
    const value = shape.test(text) ? Date.parse(zoned.replace(' ', 'T')) : NaN;
    if (!Number.isNaN(value)) return value;
    throw usage(
      `--${flag} takes a time, not “${text}”.`,
      `Write it as 2026-11-22 or 2026-11-22T03:15:00Z (UTC unless it names a zone).`,
    );
  },
};

/** One of these words. */
export const oneOf = <const C extends string>(choices: readonly C[]): Kind<C> => ({
  choices,
  parse: (text, flag) => {
    const found = choices.find((known) => known === text);
    if (found !== undefined) return found;
    throw usage(`--${flag} does not know “${text}”.`, `Use one of ${choices.join(', ')}.`);
  },
});

/** Values separated by commas. */
export const listOf = <T>({ parse, ...kind }: Kind<T>): Kind<readonly T[]> => ({
  ...kind,
  parse: (text, flag) =>
    text
      .split(',')
      .map((word) => word.trim())
      .map((word) => parse(word, flag)),
});

/** The same kind, in upper or lower case. */
export const inCapitals = <T>({ parse, ...kind }: Kind<T>): Kind<T> => ({
  ...kind,
  parse: (text, flag) => parse(text.toUpperCase(), flag),
});

/** The same kind, with its value converted. */
export const into = <T, U>({ parse, ...kind }: Kind<T>, turn: (value: T) => U): Kind<U> => ({
  ...kind,
  parse: (text, flag) => turn(parse(text, flag)),
});
