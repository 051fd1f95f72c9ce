import type { LiveRow } from '../../api/live.ts';
import { Panel } from '../parts/notes.tsx';
import { whyOf } from '../parts/table/columns.tsx';
import { Login } from '../parts/table/login.tsx';
import { OutcomeTag } from '../parts/tag.tsx';
import { Link } from '../shell/navigation.tsx';

const SHOWN = 10;

/** The rows that ended last. It has its full height from the start, so that nothing moves below it. */
export function Tail({ run, tail }: { readonly run: string; readonly tail: readonly LiveRow[] }) {
  const lines = Array.from({ length: SHOWN }, (_, i) => tail[i]);
  return (
    <Panel title="Just done" aside={<span class="muted small">newest first</span>}>
      <div class="rows short">
        <table aria-label="Rows that ended last">
          <thead>
            <tr>
              <th class="c-row">Row</th>
              <th class="c-who">User</th>
              <th class="c-outcome">Outcome</th>
              <th class="c-why">Why</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, i) =>
              line === undefined ? (
                <tr key={i} aria-hidden="true">
                  <td class="c-row" />
                  <td class="c-who" />
                  <td class="c-outcome" />
                  <td class="c-why" />
                </tr>
              ) : (
                <tr key={i}>
                  <td class="c-row">{line.row}</td>
                  <td class="c-who">
                    <Link to={{ kind: 'row', run, row: line.row }}>
                      <Login text={line.login ?? line.userId ?? `row ${line.row}`} />
                    </Link>
                    <span class="under">
                      <bdi>{whyOf(line)}</bdi>
                    </span>
                  </td>
                  <td class="c-outcome">
                    <OutcomeTag outcome={line.outcome} />
                  </td>
                  <td class="c-why">
                    <bdi class="whole" title={whyOf(line)}>
                      {whyOf(line)}
                    </bdi>
                  </td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
