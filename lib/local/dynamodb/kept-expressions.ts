/** The context of dynalite's expression parsers: the names and values of a request. */
export interface ExpressionContext {
  readonly attrNames?: Readonly<Record<string, string>> | undefined;
  readonly attrVals?: Readonly<Record<string, unknown>> | undefined;
  /** Names that no expression has used yet. A parser removes the names that it finds. */
  readonly unusedAttrNames: Record<string, boolean>;
  readonly unusedAttrVals: Record<string, boolean>;
  readonly isKeyCondition?: boolean;
}

/**
 * A parser of dynalite. It returns a syntax tree that contains the values of the request, or an error message.
 */
export interface ExpressionParser {
  parse(expression: string, options: { readonly context: ExpressionContext }): unknown;
}

interface Kept {
  /** The syntax tree, with a placeholder object for each value. */
  readonly tree: unknown;
  readonly names: ReadonlyMap<object, string>;
  readonly usedNames: readonly string[];
  readonly usedValues: readonly string[];
}

const KEPT_MAX = 500;
/** Marks a parser that has a cache already. All databases of a process share dynalite's parsers. */
const KEEPS = Symbol.for('codeseeder.keeps-expressions');
/** Matches expressions for which the parser also checks the values themselves. These are not cached. */
const DEPENDS_ON_VALUES = /between|attribute_type/i;

/**
 * Adds a cache of syntax trees to a parser. Parsing takes longer than the rest of an UpdateItem, and clients send the
 * same few expressions with different values.
 */
export function keepExpressions(parser: ExpressionParser & { [KEEPS]?: boolean }): void {
  if (parser[KEEPS] === true) return;
  parser[KEEPS] = true;
  const kept = new Map<string, Kept>();
  const parse = parser.parse.bind(parser);
  parser.parse = (expression, options) => {
    const { context } = options;
    if (DEPENDS_ON_VALUES.test(expression)) return parse(expression, options);
    const key = keyOf(expression, context);
    const found = kept.get(key);
    if (found !== undefined) return withValues(found, context);
    const made = parseOnce(expression, context, parse);
    if (made === undefined) return parse(expression, options);
    const [oldest] = kept.keys();
    if (oldest !== undefined && kept.size >= KEPT_MAX) kept.delete(oldest);
    kept.set(key, made);
    return withValues(made, context);
  };
}

/**
 * Returns the cache key of an expression: its text, names, and the types of its values. A value's type is the name of
 * its only member, such as `S`.
 */
function keyOf(expression: string, { attrNames, attrVals = {}, isKeyCondition }: ExpressionContext): string {
  const types = Object.entries(attrVals).map(([name, value]) => [name, ...Object.keys(value as object)]);
  return JSON.stringify([expression, isKeyCondition, attrNames, types]);
}

/**
 * Parses an expression.
 * @returns undefined for an invalid expression, whose message may contain values and so is not cached
 */
function parseOnce(
  expression: string,
  context: ExpressionContext,
  parse: ExpressionParser['parse'],
): Kept | undefined {
  const names = new Map<object, string>();
  const attrVals = Object.fromEntries(
    Object.entries(context.attrVals ?? {}).map(([name, value]) => {
      const standIn = { ...(value as object) };
      names.set(standIn, name);
      return [name, standIn];
    }),
  );
  // Passes all names and values, because an earlier expression of the request may have removed some from the context.
  const unusedAttrNames = unusedOf(context.attrNames);
  const unusedAttrVals = unusedOf(context.attrVals);
  let tree: unknown;
  try {
    tree = parse(expression, { context: { ...context, attrVals, unusedAttrNames, unusedAttrVals } });
  } catch {
    return undefined;
  }
  if (typeof tree === 'string') return undefined;
  const usedOf = (all: object = {}, unused: object) => Object.keys(all).filter((name) => !(name in unused));
  return {
    tree,
    names,
    usedNames: usedOf(context.attrNames, unusedAttrNames),
    usedValues: usedOf(context.attrVals, unusedAttrVals),
  };
}

function unusedOf(named: object = {}): Record<string, boolean> {
  return Object.fromEntries(Object.keys(named).map((name) => [name, true]));
}

/**
 * Returns a copy of a syntax tree with the values of a request in place of the placeholders. Copies, because dynalite
 * changes trees.
 */
function withValues({ tree, names, usedNames, usedValues }: Kept, context: ExpressionContext): unknown {
  for (const name of usedNames) delete context.unusedAttrNames[name];
  for (const name of usedValues) delete context.unusedAttrVals[name];
  const copyOf = (node: unknown): unknown => {
    if (typeof node !== 'object' || node === null) return node;
    const name = names.get(node);
    if (name !== undefined) return context.attrVals?.[name];
    if (Array.isArray(node)) return node.map(copyOf);
    const copy = Object.create(Object.getPrototypeOf(node) as object | null) as Record<string, unknown>;
    for (const [member, value] of Object.entries(node)) copy[member] = copyOf(value);
    return copy;
  };
  return copyOf(tree);
}
