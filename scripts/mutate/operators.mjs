// What is changed at one place of a source: each operator names the changes of a node, as the text that replaces it.
import ts from 'typescript';

const K = ts.SyntaxKind;

const BINARY = new Map([
  [K.EqualsEqualsEqualsToken, ['!==']],
  [K.ExclamationEqualsEqualsToken, ['===']],
  [K.LessThanToken, ['<=', '>=']],
  [K.LessThanEqualsToken, ['<', '>']],
  [K.GreaterThanToken, ['>=', '<=']],
  [K.GreaterThanEqualsToken, ['>', '<']],
  [K.AmpersandAmpersandToken, ['||']],
  [K.BarBarToken, ['&&']],
  [K.QuestionQuestionToken, ['&&']],
  [K.PlusToken, ['-']],
  [K.MinusToken, ['+']],
  [K.AsteriskToken, ['/']],
  [K.SlashToken, ['*']],
  [K.PercentToken, ['*']],
  [K.PlusEqualsToken, ['-=']],
  [K.MinusEqualsToken, ['+=']],
  [K.QuestionQuestionEqualsToken, ['&&=']],
  [K.BarBarEqualsToken, ['&&=']],
  [K.AmpersandAmpersandEqualsToken, ['||=']],
]);

const COMPARED = new Set([
  K.EqualsEqualsEqualsToken,
  K.ExclamationEqualsEqualsToken,
  K.LessThanToken,
  K.LessThanEqualsToken,
  K.GreaterThanToken,
  K.GreaterThanEqualsToken,
]);

const METHODS = new Map(
  [
    ['every', 'some'],
    ['min', 'max'],
    ['startsWith', 'endsWith'],
    ['toLowerCase', 'toUpperCase'],
    ['push', 'unshift'],
    ['shift', 'pop'],
    ['indexOf', 'lastIndexOf'],
    ['trimStart', 'trimEnd'],
    ['floor', 'ceil'],
  ].flatMap(([one, other]) => [
    [one, other],
    [other, one],
  ]),
);

/** What a program reads and not a person: a name, a path, a code. */
const CODE = /^[\w.:/@#$-]{2,}$/;
const LARGEST_OFF_BY_ONE = 100;

function isText(node) {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function binary(node, source) {
  const others = BINARY.get(node.operatorToken.kind) ?? [];
  if (node.operatorToken.kind === K.PlusToken && [node.left, node.right].some(isText)) return [];
  const left = source.slice(node.getStart(), node.left.end);
  return others.map((operator) => ({
    change: `${node.operatorToken.getText()} → ${operator} in: ${oneLine(node)}`,
    text: `(${left}) ${operator} (${node.right.getText()})`,
  }));
}

function literal(node) {
  if (node.kind === K.TrueKeyword) return [{ change: 'true → false', text: 'false' }];
  if (node.kind === K.FalseKeyword) return [{ change: 'false → true', text: 'true' }];
  if (ts.isNumericLiteral(node)) {
    const value = Number(node.text);
    const other = value === 1 || value > LARGEST_OFF_BY_ONE ? 0 : value + 1;
    return [{ change: `${node.getText()} → ${other}`, text: String(other) }];
  }
  if (ts.isStringLiteral(node) && CODE.test(node.text))
    return [{ change: `${node.getText()} → ''`, text: "''" }];
  return [];
}

function unary(node) {
  const operand = node.operand.getText();
  if (node.operator === K.ExclamationToken)
    return [{ change: `! removed: ${oneLine(node)}`, text: operand }];
  if (node.operator === K.PlusPlusToken) return [{ change: '++ → --', text: `${operand}--` }];
  if (node.operator === K.MinusMinusToken) return [{ change: '-- → ++', text: `${operand}++` }];
  return [];
}

function isCondition(node) {
  const { parent } = node;
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent))
    return parent.expression === node;
  if (ts.isConditionalExpression(parent) || ts.isForStatement(parent))
    return parent.condition === node;
  return false;
}

function onlyLeaves(statement) {
  const last = ts.isBlock(statement) ? statement.statements[0] : statement;
  if (ts.isBlock(statement) && statement.statements.length !== 1) return false;
  return ts.isReturnStatement(last) || ts.isContinueStatement(last) || ts.isBreakStatement(last);
}

function condition(node) {
  if (!isCondition(node)) return [];
  const changes = [];
  const negatedAnyway =
    (ts.isBinaryExpression(node) && COMPARED.has(node.operatorToken.kind)) ||
    (ts.isPrefixUnaryExpression(node) && node.operator === K.ExclamationToken) ||
    node.kind === K.TrueKeyword;
  if (!negatedAnyway)
    changes.push({ change: `negated: ${oneLine(node)}`, text: `!(${node.getText()})` });
  const { parent } = node;
  if (ts.isIfStatement(parent) && parent.elseStatement === undefined) {
    if (onlyLeaves(parent.thenStatement))
      changes.push({ change: `removed: ${oneLine(parent)}`, text: 'false' });
  }
  return changes;
}

function oneLine(node) {
  const text = node.getText().replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** The changes of an expression, each with the text that replaces it. */
export function changesOfExpression(node, source) {
  const own = ts.isBinaryExpression(node)
    ? binary(node, source)
    : ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)
      ? unary(node)
      : literal(node);
  return [...own, ...condition(node)];
}

/** What the method is called instead, if `node` is the access to a method that has a counterpart. */
export function otherMethod(node) {
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  if (!ts.isCallExpression(node.parent) || node.parent.expression !== node) return undefined;
  return METHODS.get(node.name.text);
}

/** The name of a removed statement; nothing if the statement cannot be left out. */
export function removal(node) {
  if (!ts.isExpressionStatement(node)) return undefined;
  let { expression } = node;
  while (ts.isAwaitExpression(expression) || ts.isVoidExpression(expression))
    expression = expression.expression;
  const isCall = ts.isCallExpression(expression) && expression.expression.kind !== K.SuperKeyword;
  const isAssignment =
    ts.isBinaryExpression(expression) &&
    expression.operatorToken.kind >= K.FirstAssignment &&
    expression.operatorToken.kind <= K.LastAssignment;
  return isCall || isAssignment || ts.isDeleteExpression(expression)
    ? `removed: ${oneLine(node)}`
    : undefined;
}
