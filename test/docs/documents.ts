import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** A document of the project, by its path from the root. */
export interface Document {
  readonly path: string;
  readonly text: string;
}

/** A command line as a reader would type it, and where it is. */
export interface CommandLine {
  readonly where: string;
  readonly line: string;
}

/** Reads every document that is part of the project. */
export async function readDocuments(): Promise<readonly Document[]> {
  const inFolder = async (folder: string) =>
    (await readdir(join(ROOT, folder)))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name));
  const paths = [...(await inFolder('.')), ...(await inFolder('docs')), 'reports/README.md'];
  return Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(join(ROOT, path), 'utf8') })),
  );
}

interface Block {
  readonly language: string;
  /** Number of its first line in the document. */
  readonly start: number;
  readonly lines: readonly string[];
}

function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { language: string; start: number; lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^\s*```(\S*)/.exec(line);
    if (fence === null) open?.lines.push(line);
    else if (open === undefined) open = { language: fence[1] ?? '', start: index + 2, lines: [] };
    else {
      blocks.push(open);
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`a code block is not closed: line ${String(open.start)}`);
  return blocks;
}

/** The text of a document without its code blocks. */
export function proseOf(text: string): string {
  return text.replace(/^\s*```[\s\S]*?^\s*```\s*$/gm, '');
}

/**
 * The command lines of a document: in blocks marked `sh` or `console`, each line that begins with `okta-reset` or
 * `$ okta-reset` (in `console` only the latter, the rest is output), pipes into it, or takes its output by `$(…)`. Lines ended by a backslash go on.
 */
export function commandLines(document: Document): readonly CommandLine[] {
  return blocksOf(document.text).flatMap(({ language, start, lines }) => {
    if (language !== 'sh' && language !== 'console') return [];
    const found: CommandLine[] = [];
    for (let index = 0; index < lines.length; index += 1) {
      const where = `${document.path}:${String(start + index)}`;
      let line = lines[index] ?? '';
      while (line.endsWith('\\')) line = `${line.slice(0, -1)} ${(lines[++index] ?? '').trim()}`;
      const whole = language === 'console' ? /^\s*\$ (.*)$/.exec(line)?.[1] : line.trim();
      const typed = /\$\((okta-reset [^)]*)\)/.exec(whole ?? '')?.[1] ?? whole;
      if (typed !== undefined && /^(?:[^#]*\| *)?(?:npx )?okta-reset(?: |$)/.test(typed))
        found.push({ where, line: typed });
    }
    return found;
  });
}

/** Splits a command line into its words as a shell does, up to the first `|`, `>`, `&` or comment outside quotes. */
export function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  const command = line.slice(line.search(/(?<![^ ])okta-reset(?: |$)/) + 'okta-reset'.length);
  for (const match of command.matchAll(/((?:'[^']*'|"[^"]*"|\\.|[^\s'"\\|>&#])+)|([|>&#])/g)) {
    if (match[2] !== undefined) break;
    words.push(
      (match[1] ?? '').replace(
        /'([^']*)'|"([^"]*)"|\\(.)/g,
        (_, single?: string, double?: string, plain?: string) => single ?? double ?? plain ?? '',
      ),
    );
  }
  return words;
}
