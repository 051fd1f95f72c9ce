/** What was chosen, as words that can each be removed. */
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
          <button type="button" aria-label={`Take out ${words}`} onClick={drop}>
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The chips of a flag's values. `set` takes the values that are left; null where none is. */
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
