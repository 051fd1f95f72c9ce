import { count } from '../../../domain/counted.ts';

export interface Tile<Key extends string> {
  readonly key: Key;
  readonly rows: number;
  readonly label: string;
  readonly tone?: 'act' | 'good' | 'bad' | 'unknown' | undefined;
  readonly title?: string | undefined;
}

/** Counts that filter the rows below. Pressing the chosen one shows everything again. */
export function Tiles<Key extends string>({
  label,
  tiles,
  chosen,
  onChoose,
}: {
  readonly label: string;
  readonly tiles: readonly Tile<Key>[];
  readonly chosen: Key | undefined;
  readonly onChoose: (key: Key | undefined) => void;
}) {
  return (
    <div class="tiles" role="group" aria-label={label}>
      {tiles.map(({ key, rows, label: name, tone, title }) => (
        <button
          type="button"
          key={key}
          class={`tile ${rows === 0 ? 'zero' : (tone ?? '')}`}
          aria-pressed={chosen === key}
          title={title}
          onClick={() => onChoose(chosen === key ? undefined : key)}
        >
          <b>{count(rows)}</b>
          <span>{name}</span>
        </button>
      ))}
    </div>
  );
}
