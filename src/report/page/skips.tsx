import { skipMeaning } from '../../domain/codes/reasons.ts';
import type { ReportContent } from '../report-content.ts';
import { count } from '../../domain/counted.ts';
import { prose } from '../../style/prose.tsx';
import { TableHead } from './table-head.tsx';

/** Shows who was skipped by policy, and why. */
export function Skips({ content }: { readonly content: ReportContent }) {
  const { skips, planned } = content;
  if (skips.length === 0) return null;
  return (
    <section aria-labelledby="skips">
      <h2 id="skips">{planned ? 'Who would be skipped' : 'Who was skipped'}</h2>
      <table class="data">
        <TableHead columns={[['Reason'], ['Rows', 'n'], ['Meaning']]} />
        <tbody>
          {skips.map(({ reason, rows }) => (
            <tr>
              <td>
                <a class="screen" href={`#outcome=skipped&why=${encodeURIComponent(reason)}`}>
                  <bdi>{reason}</bdi>
                </a>
                <span class="paper">
                  <bdi>{reason}</bdi>
                </span>
              </td>
              <td class="n">{count(rows)}</td>
              <td>{prose(skipMeaning(reason) ?? '')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
