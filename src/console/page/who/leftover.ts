import { createContext } from 'preact';
import { useContext, useEffect, useId } from 'preact/hooks';

/** What was typed into a form but not added yet. `words` say what to do with it. */
export type Leftovers = ReadonlyMap<string, string>;

/** Keeps what is left in a form; undefined if nothing is. */
export const LeftoverContext = createContext<(form: string, words: string | undefined) => void>(
  () => undefined,
);

/** Reports it to the screen, so that nobody continues without what they have typed. */
export function useLeftover(words: string | undefined): void {
  const form = useId();
  const keep = useContext(LeftoverContext);
  useEffect(() => {
    keep(form, words);
    return () => keep(form, undefined);
  }, [words]);
}
