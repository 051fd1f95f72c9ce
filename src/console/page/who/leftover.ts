import { createContext } from 'preact';
import { useContext, useEffect, useId } from 'preact/hooks';

/** What was typed into a form and not added yet; `words` say what to do with it. */
export type Leftovers = ReadonlyMap<string, string>;

/** Keeps what a form has left; undefined where nothing is. */
export const LeftoverContext = createContext<(form: string, words: string | undefined) => void>(
  () => undefined,
);

/** Tells the screen about it, so that nobody goes on without what they have typed. */
export function useLeftover(words: string | undefined): void {
  const form = useId();
  const keep = useContext(LeftoverContext);
  useEffect(() => {
    keep(form, words);
    return () => keep(form, undefined);
  }, [words]);
}
