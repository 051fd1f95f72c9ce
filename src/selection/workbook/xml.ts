import { SaxesParser } from 'saxes';
import { AppError } from '../../domain/codes/app-error.ts';
import type { Archive } from './archive.ts';
import { damagedWorkbook, oversizedWorkbook } from './workbook-error.ts';

/**
 * After this many bytes without the end of a tag or text, a member is not part of a workbook. A cell has at most 32,767
 * characters.
 */
const MOST_SILENT_BYTES = 1024 * 1024;
/** SpreadsheetML is about ten elements deep. */
const MOST_DEPTH = 64;
const MOST_ATTRIBUTES = 64;
/**
 * How many elements and attributes are harmless, and how many more there can be per byte of the workbook. Real ones have one
 * or less.
 */
const HARMLESS_PARTS = 1_000_000;
const PARTS_PER_BYTE = 2;
/** How much text all cells together can have. A text that is stored once and used by many cells counts each time. */
const HARMLESS_CHARACTERS = 64 * 1024 * 1024;
const CHARACTERS_PER_BYTE = 40;
/** How many cells of a table, filled or not, are as much work as one element. */
const CELLS_PER_PART = 2;

export type Attributes = Readonly<Record<string, string>>;

/** Handlers for the parts of a member. Names come without their prefixes. */
export interface XmlHandlers {
  readonly open: (name: string, attributes: Attributes) => void;
  readonly text?: (text: string) => void;
  readonly close?: (name: string) => void;
}

/** How much more can be read from a workbook, over all its members. */
export interface ElementBudget {
  /** How many elements and attributes are left. */
  left: number;
  characters: number;
}

export function elementBudget(packedBytes: number): ElementBudget {
  return {
    left: Math.max(HARMLESS_PARTS, packedBytes * PARTS_PER_BYTE),
    characters: Math.max(HARMLESS_CHARACTERS, packedBytes * CHARACTERS_PER_BYTE),
  };
}

/** Counts a row up to its last column. Most cells before that one might be empty, but they are work too. */
export function spendRow(path: string, budget: ElementBudget, width: number, text: number): void {
  budget.left -= width / CELLS_PER_PART;
  budget.characters -= text;
  if (budget.left < 0 || budget.characters < 0) throw oversizedWorkbook(path);
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

function parserOf(
  path: string,
  handlers: XmlHandlers,
  budget: ElementBudget,
  heard: () => void,
): SaxesParser {
  const parser = new SaxesParser({ position: false });
  /** The names of the elements around the one that is read. */
  const names: string[] = [];
  let attributes = 0;
  parser.on('doctype', () => {
    // OPC forbids it (ECMA-376, part 2), so only an attack has one.
    throw oversizedWorkbook(path);
  });
  parser.on('attribute', () => {
    heard();
    attributes += 1;
    budget.left -= 1;
    if (attributes > MOST_ATTRIBUTES) throw oversizedWorkbook(path);
  });
  parser.on('opentag', (tag) => {
    heard();
    attributes = 0;
    const name = localName(tag.name);
    names.push(name);
    budget.left -= 1;
    if (names.length > MOST_DEPTH || budget.left < 0) throw oversizedWorkbook(path);
    handlers.open(name, tag.attributes as Attributes);
  });
  parser.on('closetag', () => {
    heard();
    // Even if nobody asks for the name, it must be taken off.
    const name = names.pop() ?? '';
    handlers.close?.(name);
  });
  const { text } = handlers;
  if (text !== undefined) {
    parser.on('text', text);
    parser.on('cdata', text);
  }
  return parser;
}

/**
 * Reads a member of a workbook as XML, and returns what `take` finds after each piece. A missing member is read as empty.
 * Rejects with INPUT_WORKBOOK if it is not XML, or too much of it.
 */
export async function* readXml<T>(
  archive: Archive,
  name: string,
  budget: ElementBudget,
  handlers: XmlHandlers,
  take: () => T,
): AsyncGenerator<T> {
  const chunks = archive.read(name);
  if (chunks === undefined) return;
  let silentBytes = 0;
  const parser = parserOf(archive.path, handlers, budget, () => (silentBytes = 0));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const step = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      throw error instanceof AppError ? error : damagedWorkbook(archive.path, error);
    }
  };
  for await (const chunk of chunks) {
    silentBytes += chunk.length;
    step(() => parser.write(decoder.decode(chunk, { stream: true })));
    if (silentBytes > MOST_SILENT_BYTES) throw oversizedWorkbook(archive.path);
    yield take();
  }
  step(() => parser.write(decoder.decode()).close());
  yield take();
}

/** Reads a whole member. */
export async function readWholeXml(
  archive: Archive,
  name: string,
  budget: ElementBudget,
  handlers: XmlHandlers,
): Promise<void> {
  const pieces = readXml(archive, name, budget, handlers, () => undefined);
  while ((await pieces.next()).done !== true);
}
