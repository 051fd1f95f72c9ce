/** A page, and what a person or a screen reader finds in it. */
import { findErrorEntry } from '../../src/domain/codes/okta-error.ts';
import type { PlannedRow } from '../../src/domain/plan/plan.ts';
import type { Verdict } from '../../src/domain/plan/verdict.ts';
import type { OutcomeRecord } from '../../src/domain/run/journal-record.ts';
import type { RunFile } from '../../src/domain/run/run-file.ts';
import type { RunRecords } from '../../src/domain/run/run-records.ts';
import { htmlPart } from '../../src/report/page/html-part.ts';
import type { PageLimits } from '../../src/report/page/page-rows.ts';
import type { FileDigest } from '../../src/disk/staged-files.ts';
import { passOver } from '../../src/report/results/pass.ts';
import { clock, planned, recordsOf, rowsOf, runFile } from './sample.ts';

export interface Told {
  readonly run?: Partial<RunFile>;
  readonly rows?: number;
  readonly verdicts?: Readonly<Record<number, Verdict>>;
  /** What a row has that is different from the others. */
  readonly more?: Readonly<Record<number, Partial<PlannedRow>>>;
  readonly endings?: (row: number) => OutcomeRecord | undefined;
  readonly records?: Partial<RunRecords>;
  readonly digests?: readonly FileDigest[];
  readonly limits?: PageLimits;
}

/** The body of the page; `endings` undefined: nothing was run yet. */
export async function bodyOf(told: Told): Promise<string> {
  const { run, rows = 3, verdicts = {}, more = {}, endings, records, digests, limits } = told;
  const pieces: string[] = [];
  const sink = { push: (text: string) => void pieces.push(text), flush: async () => undefined };
  const file = runFile({ rows, ...run });
  const part = htmlPart(sink, file, findErrorEntry, limits);
  const lines = Array.from({ length: rows }, (_, at) =>
    planned(at + 1, verdicts[at + 1], more[at + 1]),
  );
  const input = { run: file, rows: rowsOf(lines), explain: findErrorEntry, clock };
  const replayed = endings && recordsOf(endings, records);
  const content = await passOver({ ...input, records: replayed }, [part]);
  part.end(digests === undefined ? content : { ...content, digests });
  return pieces.join('').split('<body>')[1] ?? '';
}

/** The page as a person reads it. */
export async function pageText(what: Told): Promise<string> {
  return (await bodyOf(what))
    .replace(/<script[^>]*>[^<]*<\/script>/g, '')
    .replace(/<(?:li|p|h\d|dt|dd|td|th|tr|strong)\b/g, '\n<')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&amp;', '&')
    .replace(/[ \t]+/g, ' ')
    .replace(/\n\s+/g, '\n');
}

/** The text of a piece of a page. */
export const textOf = (html: string) =>
  html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim();

/** The section with this heading; empty if there is none. */
export function sectionOf(body: string, heading: string): string {
  const sections = body.match(/<section\b.*?<\/section>/gs) ?? [];
  return sections.find((html) => textOf(/<h2.*?<\/h2>/s.exec(html)?.[0] ?? '') === heading) ?? '';
}

/** The text of each element with this name, in their order. */
export const textsOf = (html: string, name: string): readonly string[] =>
  (html.match(new RegExp(`<${name}\\b[^>]*>.*?</${name}>`, 'gs')) ?? []).map(textOf);

/** The cells of each row of the first table, headings first. */
export function tableOf(html: string): readonly (readonly string[])[] {
  const [table = ''] = /<table\b.*?<\/table>/s.exec(html) ?? [];
  return (table.match(/<tr\b.*?<\/tr>/gs) ?? []).map((row) => textsOf(row, 't[hd]'));
}

/** The values of an attribute, in the order of their elements. */
export const attributesOf = (html: string, name: string): readonly string[] =>
  [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(([, value]) => value ?? '');
