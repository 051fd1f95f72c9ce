function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(swap, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** Returns the known word that is closest to the typed one, if it is close enough. */
export function closest(typed: string, known: readonly string[]): string | undefined {
  let best: { readonly word: string; readonly off: number } | undefined;
  for (const word of known) {
    const off = word.startsWith(typed) && typed.length > 2 ? 1 : distance(typed, word);
    if (best === undefined || off < best.off) best = { word, off };
  }
  return best !== undefined && best.off <= Math.max(2, Math.floor(typed.length / 3))
    ? best.word
    : undefined;
}
