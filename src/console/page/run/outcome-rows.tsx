import type { ComponentChildren } from 'preact';
import { outcomeLabels, type Outcome, type OutcomeCounts } from '../../../domain/row/outcome.ts';
import type { RunDetail } from '../../api/run-answers.ts';
import { FilteredRows, chosenOf, useFilter } from '../parts/table/filtered-rows.tsx';
import { type Tile, Tiles } from '../parts/tiles.tsx';

const SHOWN: readonly (readonly [Outcome, Tile<Outcome>['tone']])[] = [
  ['succeeded', 'good'],
  ['failed', 'bad'],
  ['unknown', 'unknown'],
  ['not-attempted', 'act'],
  ['skipped', undefined],
];

const LABELS = outcomeLabels(false);

/** How rows ended, as tiles, and the rows of the chosen tile. `children` are shown between them if no tile is chosen. */
export function OutcomeRows({
  run,
  counts,
  total,
  always = false,
  version = '',
  children,
}: {
  readonly run: RunDetail;
  readonly counts: OutcomeCounts;
  readonly total: number;
  /** Whether to show the rows even if nothing is chosen. */
  readonly always?: boolean;
  readonly version?: string;
  readonly children: ComponentChildren;
}) {
  const [filter, setFilter] = useFilter();
  const { outcome } = filter;
  const tiles = SHOWN.map(([key, tone]) => ({
    key,
    tone,
    rows: counts[key],
    label: key === 'not-attempted' ? 'to come' : LABELS[key].toLowerCase(),
  }));
  const isFiltered = Object.keys(chosenOf(filter)).length > 0;
  const choose = (key: Outcome | undefined) => {
    const { search } = filter;
    const rest = search === undefined ? {} : { search };
    setFilter(key === undefined ? rest : { ...rest, outcome: key });
  };
  return (
    <>
      <Tiles
        label="Show only"
        tiles={tiles}
        chosen={SHOWN.find(([key]) => key === outcome)?.[0]}
        onChoose={choose}
      />
      {children}
      {(always || isFiltered) && (
        <FilteredRows
          run={run.id}
          total={total}
          filter={filter}
          onFilter={setFilter}
          planned={false}
          version={version}
          now={
            always || outcome === undefined
              ? undefined
              : tiles.find(({ key }) => key === outcome)?.rows
          }
          label="Rows of the run"
        />
      )}
    </>
  );
}
