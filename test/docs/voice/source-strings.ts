import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../documents.ts';

/** A text of the sources that a person can read, and where it stands. */
export interface SourceText {
  readonly where: string;
  /** What is put in at run time stands as `{}`. */
  readonly text: string;
}

/** A message and the hint beside it. */
export interface MessageWithHint {
  readonly where: string;
  readonly message: string;
  readonly hint: string;
}

export interface SourceTexts {
  readonly texts: readonly SourceText[];
  readonly hints: readonly MessageWithHint[];
}

/** Scripts and lists of foreign words: nobody reads them as prose. */
const NO_PROSE =
  /^(?:cli\/completion|sandbox\/|selection\/layout\/(?:secret-words|titles|user-titles|user-columns))/;

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `{}${literal.text}`).join('');
  return ts.isJsxText(node) ? node.text.replace(/\s+/g, ' ').trim() : undefined;
}

function propertyText(node: ts.ObjectLiteralExpression, name: string): string | undefined {
  for (const property of node.properties) {
    if (!ts.isPropertyAssignment(property) || !ts.isIdentifier(property.name)) continue;
    if (property.name.text === name) return textOf(property.initializer);
  }
  return undefined;
}

/** The message and hint of `usage(…)`, of `new AppError(…)`, and of an entry of a catalogue. */
function hintOf(node: ts.Node): { message?: string | undefined; hint?: string | undefined } {
  if (ts.isObjectLiteralExpression(node))
    return { message: propertyText(node, 'meaning'), hint: propertyText(node, 'how') };
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return {};
  const [first, second, third] = node.arguments ?? [];
  if (third !== undefined && ts.isObjectLiteralExpression(third) && second !== undefined)
    return { message: textOf(second), hint: propertyText(third, 'hint') };
  if (first === undefined || second === undefined || !ts.isIdentifier(node.expression)) return {};
  return node.expression.text === 'usage' ? { message: textOf(first), hint: textOf(second) } : {};
}

function collect(
  path: string,
  source: string,
  into: { texts: SourceText[]; hints: MessageWithHint[] },
) {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const options = {
    languageVersion: ts.ScriptTarget.Latest,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  };
  const file = ts.createSourceFile(path, source, options, false, kind);
  const whereOf = (node: ts.Node) =>
    `src/${path}:${String(file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1)}`;
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    const text = textOf(node);
    if (text !== undefined && /[A-Za-z}][.,:;]? +[A-Za-z{]/.test(text))
      into.texts.push({ where: whereOf(node), text });
    const { message, hint } = hintOf(node);
    if (message !== undefined && hint !== undefined)
      into.hints.push({ where: whereOf(node), message, hint });
    ts.forEachChild(node, visit);
  };
  visit(file);
}

/**
 * Reads the texts of `src/` that a person can read, from every file that `isCandidate` takes by its whole source: to parse
 * all of them takes longer than the rules are worth.
 */
export async function readSourceTexts(
  isCandidate: (source: string) => boolean,
): Promise<SourceTexts> {
  const src = join(ROOT, 'src');
  const paths = (await readdir(src, { recursive: true })).filter(
    (path) => /\.tsx?$/.test(path) && !NO_PROSE.test(path),
  );
  const sources = await Promise.all(paths.map((path) => readFile(join(src, path), 'utf8')));
  const into = { texts: [] as SourceText[], hints: [] as MessageWithHint[] };
  for (const [index, path] of paths.entries()) {
    const source = sources[index] ?? '';
    if (isCandidate(source)) collect(path, source, into);
  }
  return into;
}
