import { useEffect, useMemo, useReducer } from 'preact/hooks';
import { useClient } from '../../client/hooks.ts';
import { type RowFilter, RowSource } from './row-source.ts';

/** Returns the rows of a run through a filter. They are read again when the filter or `version` changes. */
export function useRows(
  run: string,
  filter: RowFilter,
  total: number,
  version: string | number,
): RowSource {
  const { requests } = useClient();
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const key = JSON.stringify(filter);
  const source = useMemo(
    () =>
      new RowSource(
        (query, signal) => requests.get('/api/runs/:run/rows', { params: { run }, query }, signal),
        filter,
        total,
        () => draw(undefined),
      ),
    [requests, run, key, total, version],
  );
  useEffect(() => () => source.close(), [source]);
  return source;
}
