import type { RunFile } from '../../domain/run/run-file.ts';
import { pageAssets } from './page-assets.ts';
import { PageRows, type PageLimits, scriptJson } from './page-rows.ts';
import { pageHead, pageMain } from './page.tsx';
import { explainingReasons } from '../results/reasons.ts';
import { chartOf } from '../chart.ts';
import type { ResultPart } from '../results/result-parts.ts';
import type { Explain, ReportContent } from '../report-content.ts';
import type { TextSink } from '../results/text-sink.ts';

/**
 * Writes report.html in parts: the head, the rows as data, and after all rows the text about them. The page is one file,
 * loads nothing, and runs only the script whose hash is in its policy.
 */
export function htmlPart(
  sink: TextSink,
  run: RunFile,
  explain: Explain,
  limits?: PageLimits,
): ResultPart & { readonly end: (content: ReportContent) => void } {
  const assets = pageAssets();
  const rows = new PageRows(run, limits);
  sink.push('<!doctype html>\n<html lang="en">');
  sink.push(pageHead(run, assets));
  sink.push('<script type="application/json" id="rows">[');
  return {
    row: (result) => {
      const line = rows.take(result);
      if (line !== undefined) sink.push(line);
    },
    flush: () => sink.flush(),
    end: (content) => {
      const chart = chartOf(content.timeline, run.preview.estimate);
      sink.push('\n]</script>\n');
      sink.push(
        pageMain({
          content,
          explain: explainingReasons(explain),
          chart,
          shown: rows.count,
          own: rows.own,
          namedBy: rows.namedBy,
        }),
      );
      sink.push(`\n<script type="application/json" id="chart">${scriptJson(chart)}</script>`);
      sink.push(`\n<script>${assets.script}</script>\n</body>\n</html>\n`);
    },
  };
}
