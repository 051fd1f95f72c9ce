import type { Output } from '../domain/host.ts';
import type { Summary } from '../domain/run/summary.ts';
import { htmlPart } from './page/html-part.ts';
import { passOver, type ReportInput } from './results/pass.ts';
import { explainingReasons } from './results/reasons.ts';
import { csvPart, jsonPart } from './results/result-parts.ts';
import { summaryText } from './summary-text.ts';
import { outputSink } from './results/text-sink.ts';

export type ReportFormat = 'text' | 'json' | 'csv' | 'html';

/** Prints a run's report as a stream: a summary for a terminal, or the content of the file of that format. */
export async function printResults(
  input: ReportInput & { readonly format: ReportFormat; readonly output: Output },
): Promise<Summary> {
  const { output, run, format } = input;
  const sink = outputSink(output);
  switch (format) {
    case 'text': {
      const content = await passOver(input, []);
      sink.push(summaryText(content, output.size().columns, explainingReasons(input.explain)));
      await sink.end();
      return content.summary;
    }
    case 'json': {
      const part = jsonPart(sink, run, input.records?.chain);
      const content = await passOver(input, [part]);
      part.end();
      await sink.end();
      return content.summary;
    }
    case 'csv': {
      const content = await passOver(input, [csvPart({ all: sink }, run.columns)]);
      await sink.end();
      return content.summary;
    }
    case 'html': {
      const part = htmlPart(sink, run, input.explain);
      const content = await passOver(input, [part]);
      part.end(content);
      await sink.end();
      return content.summary;
    }
    default: {
      const never: never = format;
      return never;
    }
  }
}
