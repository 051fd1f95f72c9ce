import { isSecondClick } from './button.tsx';

/** Something that was chosen, as words that can be removed one by one. */
export interface Chip {
  readonly words: string;
  readonly drop: () => void;
}

export function Chips({ chips }: { readonly chips: readonly Chip[] }) {
  return (
    <ul class="chips">
      {chips.map(({ words, drop }) => (
        <li key={words}>
          <bdi>{words}</bdi>
          <button
            type="button"
            aria-label={`Take out ${words}`}
            onClick={(event) => {
              if (!isSecondClick(event)) drop();
            }}
          >
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Returns the chips of a flag's values. `set` gets the values that are left; null if none are. */
export function chipsOf(
  values: readonly string[],
  set: (rest: string[] | null) => void,
  wordsOf: (value: string) => string = (value) => value,
): readonly Chip[] {
  return values.map((value) => ({
    words: wordsOf(value),
    drop: () => {
      const rest = values.filter((other) => other !== value);
      set(rest.length === 0 ? null : rest);
    },
  }));
}
