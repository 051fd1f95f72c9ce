// A source with all of its changes in it, each behind a switch. Which one is on is set while the tests run, so that the
// sources are loaded once for all changes, and no file is written.
import ts from 'typescript';
import { changesOfExpression, otherMethod, removal } from './operators.mjs';

/** The key, on globalThis, of the function that says whether a change is on: see switch.mjs. */
export const SWITCH = 'okta-reset mutants';

function isLeftAlone(node) {
  return (
    ts.isTypeNode(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isEnumDeclaration(node) ||
    ts.isJsxText(node) ||
    (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) ||
    (ts.isExpressionStatement(node) && ts.isStringLiteral(node.expression))
  );
}

/** A name rather than a value: the key of a member, the attribute of an element. */
function isName(node) {
  const { parent } = node;
  return (
    ((ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) && parent.name === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node) ||
    (ts.isPropertyDeclaration(parent) && parent.name === node) ||
    ts.isJsxAttribute(parent)
  );
}

function isInFunction(node) {
  for (let outer = node.parent; outer !== undefined; outer = outer.parent)
    if (ts.isFunctionLike(outer)) return true;
  return false;
}

class Switched {
  mutants = [];
  #file;
  #source;

  constructor(file, source) {
    this.#source = source;
    const kind = file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
    this.#file = ts.createSourceFile(file, source, ts.ScriptTarget.ES2023, true, kind);
  }

  code() {
    const start = `const isMutated = globalThis[Symbol.for('${SWITCH}')](${JSON.stringify(this.#file.fileName)});`;
    return start + this.#inside(this.#file, 0);
  }

  /** The text of `node` from `from` on, with the changes of what is in it. */
  #inside(node, from) {
    let text = '';
    let at = from;
    ts.forEachChild(node, (child) => {
      const start = child.getStart();
      text += this.#source.slice(at, start) + this.#switched(child);
      at = child.end;
    });
    return text + this.#source.slice(at, node.end);
  }

  #switched(node) {
    if (isLeftAlone(node)) return node.getText();
    const removed = removal(node);
    if (removed !== undefined) {
      const index = this.#add(node, removed);
      return `{ if (!isMutated(${index})) { ${this.#inside(node, node.getStart())} } }`;
    }
    const method = otherMethod(node);
    if (method !== undefined) return this.#switchedMethod(node, method);
    const changes = isName(node) ? [] : changesOfExpression(node, this.#source);
    const alternatives = changes.map(
      ({ change, text }) => `isMutated(${this.#add(node, change)}) ? ${text} : `,
    );
    const inside = this.#inside(node, node.getStart());
    return alternatives.length === 0 ? inside : `(${alternatives.join('')}${inside})`;
  }

  #switchedMethod(node, method) {
    const index = this.#add(node.name, `.${node.name.text} → .${method}`);
    const dot = node.questionDotToken === undefined ? '' : '?.';
    const { expression } = node;
    return `${this.#switched(expression)}${dot}[isMutated(${index}) ? '${method}' : '${node.name.text}']`;
  }

  #add(node, change) {
    const index = this.mutants.length;
    const start = node.getStart();
    const line = this.#file.getLineAndCharacterOfPosition(start).line + 1;
    const loadedOnce = !isInFunction(node);
    this.mutants.push({ file: this.#file.fileName, index, line, change, loadedOnce });
    return index;
  }
}

/** `file` is the name that the switch and the report use for the source. */
export function switchedSource(file, source) {
  const switched = new Switched(file, source);
  const code = switched.code();
  return { code, mutants: switched.mutants };
}
