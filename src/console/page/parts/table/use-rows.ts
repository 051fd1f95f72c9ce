import { useEffect, useMemo, useReducer, useState } from 'preact/hooks';
import { useClient } from '../../client/hooks.ts';
import { type RowFilter, RowSource } from './row-source.ts';

/**
 * Returns the rows of a run through a filter, and a function that reads them as they are now. They are read again too when the
 * filter or `version` changes.
 */
export function useRows(
  run: string,
  filter: RowFilter,
  total: number,
  version: string | number,
): readonly [RowSource, () => void] {
  const { requests } = useClient();
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const key = JSON.stringify(filter);
  const [asked, setAsked] = useState({ key: '' });
  const source = useMemo(
    () =>
      new RowSource(
        (query, signal) => requests.get('/api/runs/:run/rows', { params: { run }, query }, signal),
        // A press is for what is shown then, and not for another filter after it.
        { filter, total, fresh: asked.key === key },
        () => draw(undefined),
      ),
    [requests, run, key, total, version, asked],
  );
  useEffect(() => () => source.close(), [source]);
  return [source, () => setAsked({ key })];
}
