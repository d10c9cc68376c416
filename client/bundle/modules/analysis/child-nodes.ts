import type { AnyNode } from 'acorn';

/**
 * Names of the properties that hold a node's expressions, statements and functions, in source order. Identifiers that
 * refer to no binding are left out: keys, labels, and the names under which bindings are imported and exported.
 */
const CHILD_PROPERTIES: Readonly<Partial<Record<AnyNode['type'], readonly string[]>>> = {
  Program: ['body'],
  ExpressionStatement: ['expression'],
  BlockStatement: ['body'],
  StaticBlock: ['body'],
  WithStatement: ['object', 'body'],
  ReturnStatement: ['argument'],
  LabeledStatement: ['body'],
  IfStatement: ['test', 'consequent', 'alternate'],
  SwitchStatement: ['discriminant', 'cases'],
  SwitchCase: ['test', 'consequent'],
  ThrowStatement: ['argument'],
  TryStatement: ['block', 'handler', 'finalizer'],
  CatchClause: ['param', 'body'],
  WhileStatement: ['test', 'body'],
  DoWhileStatement: ['body', 'test'],
  ForStatement: ['init', 'test', 'update', 'body'],
  ForInStatement: ['left', 'right', 'body'],
  ForOfStatement: ['left', 'right', 'body'],
  FunctionDeclaration: ['params', 'body'],
  FunctionExpression: ['params', 'body'],
  ArrowFunctionExpression: ['params', 'body'],
  VariableDeclaration: ['declarations'],
  VariableDeclarator: ['id', 'init'],
  ArrayExpression: ['elements'],
  ObjectExpression: ['properties'],
  UnaryExpression: ['argument'],
  UpdateExpression: ['argument'],
  BinaryExpression: ['left', 'right'],
  AssignmentExpression: ['left', 'right'],
  LogicalExpression: ['left', 'right'],
  MemberExpression: ['object', 'property'],
  ConditionalExpression: ['test', 'consequent', 'alternate'],
  CallExpression: ['callee', 'arguments'],
  NewExpression: ['callee', 'arguments'],
  SequenceExpression: ['expressions'],
  SpreadElement: ['argument'],
  YieldExpression: ['argument'],
  TemplateLiteral: ['expressions'],
  TaggedTemplateExpression: ['tag', 'quasi'],
  Property: ['key', 'value'],
  ObjectPattern: ['properties'],
  ArrayPattern: ['elements'],
  RestElement: ['argument'],
  AssignmentPattern: ['left', 'right'],
  ClassDeclaration: ['superClass', 'body'],
  ClassExpression: ['superClass', 'body'],
  ClassBody: ['body'],
  MethodDefinition: ['key', 'value'],
  PropertyDefinition: ['key', 'value'],
  ExportNamedDeclaration: ['declaration', 'specifiers'],
  ExportSpecifier: ['local'],
  ExportDefaultDeclaration: ['declaration'],
  AwaitExpression: ['argument'],
  ChainExpression: ['expression'],
  ImportExpression: ['source', 'options'],
  ParenthesizedExpression: ['expression'],
};

/** Calls a function with each child of a node, last child first. Skips re-exports, and names that are no references. */
export function forEachChildFromLast(node: AnyNode, visit: (child: AnyNode) => void): void {
  if (node.type === 'ExportNamedDeclaration' && node.source) return;
  const properties = CHILD_PROPERTIES[node.type];
  if (properties === undefined) return;
  const isNamed = 'computed' in node && !node.computed;
  const values = node as unknown as Readonly<Record<string, AnyNode | readonly (AnyNode | null)[] | null>>;
  for (let index = properties.length - 1; index >= 0; index -= 1) {
    const property = properties[index] ?? '';
    if (isNamed && (property === 'key' || property === 'property')) continue;
    const value = values[property];
    if (isList(value)) visitFromLast(value, visit);
    else if (value) visit(value);
  }
}

function visitFromLast(nodes: readonly (AnyNode | null)[], visit: (child: AnyNode) => void): void {
  for (let index = nodes.length - 1; index >= 0; index -= 1) {
    const child = nodes[index];
    if (child) visit(child);
  }
}

function isList(
  value: AnyNode | readonly (AnyNode | null)[] | null | undefined,
): value is readonly (AnyNode | null)[] {
  return Array.isArray(value);
}
