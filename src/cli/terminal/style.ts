import { toned, type Text } from '../../text/styled.ts';

/** Colors for a terminal, or none. The words are always the same. */
export interface Style {
  readonly bold: (text: Text) => Text;
  readonly dim: (text: Text) => Text;
  readonly red: (text: Text) => Text;
  readonly green: (text: Text) => Text;
  readonly yellow: (text: Text) => Text;
  readonly cyan: (text: Text) => Text;
}

export function makeStyle(enabled: boolean): Style {
  const tone = (name: Parameters<typeof toned>[0]) => (text: Text) =>
    enabled ? toned(name, text) : text;
  return {
    bold: tone('bold'),
    dim: tone('dim'),
    red: tone('red'),
    green: tone('green'),
    yellow: tone('yellow'),
    cyan: tone('cyan'),
  };
}
