/** Makes the JSON schema of what commands print for programs, from `client/cli/output-types.ts`. */
import path from 'node:path';

import ts from 'typescript';

import { docOf } from './doc.js';

/** File with the shapes, from the project's root. */
export const OUTPUT_TYPES = 'client/cli/output-types.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The keywords of JSON schema that the shapes need. */
export interface Shape {
  description?: string;
  $ref?: string;
  type?: string;
  enum?: readonly (string | number | boolean)[];
  anyOf?: readonly Shape[];
  items?: Shape;
  properties?: Record<string, Shape>;
  required?: readonly string[];
  additionalProperties?: Shape;
}

/** The shapes of all commands. */
export interface OutputShapes {
  /** Shape of the document that `--json` prints, by command. */
  readonly documents: Readonly<Record<string, Shape>>;
  /** Shape of each line, by command and the flags that make it print lines. */
  readonly lines: Readonly<Record<string, Shape>>;
  /** Shapes with a name, to which others refer. */
  readonly definitions: Readonly<Record<string, Shape>>;
}

/** Returns the JSON schema as text, by file name, before formatting. */
export function outputSchemas(program: ts.Program): ReadonlyMap<string, string> {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Output of codeseeder for programs',
    description:
      'What each command prints as one JSON document, or as lines with one JSON object each. Later versions of codeseeder may add members.',
    ...outputShapes(program),
  };
  return new Map([['command-output.json', JSON.stringify(schema, null, 2)]]);
}

/** Returns the shapes of all commands. @throws Error for a type that JSON cannot have */
export function outputShapes(program: ts.Program): OutputShapes {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path.join(ROOT, OUTPUT_TYPES));
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${OUTPUT_TYPES} is not in the program`);
  const exported = checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
  const shapes = new Shapes(checker, exported);
  const byCommand = (name: string) => {
    const symbol = exported.find((one) => one.name === name);
    if (symbol === undefined) throw new Error(`${OUTPUT_TYPES} does not export ${name}`);
    const members = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
    return Object.fromEntries(
      members.map((member) => [member.name, shapes.shapeOf(checker.getTypeOfSymbol(member))]),
    );
  };
  return {
    documents: byCommand('JsonDocuments'),
    lines: byCommand('JsonLines'),
    definitions: shapes.definitions,
  };
}

/** Converts types to shapes. */
class Shapes {
  readonly definitions: Record<string, Shape> = {};
  private readonly checker: ts.TypeChecker;
  private readonly names: ReadonlyMap<ts.Type, ts.Symbol>;

  constructor(checker: ts.TypeChecker, exported: readonly ts.Symbol[]) {
    this.checker = checker;
    this.names = new Map(exported.map((symbol) => [checker.getDeclaredTypeOfSymbol(symbol), symbol]));
  }

  shapeOf(type: ts.Type): Shape {
    const named = this.nameOf(type);
    if (named === undefined) return this.inline(type);
    const { name } = named;
    if (this.definitions[name] === undefined) {
      // A type that refers to itself finds this entry.
      const definition = (this.definitions[name] = {});
      const description = describedBy(named);
      Object.assign(definition, { ...(description && { description }), ...this.inline(type) });
    }
    return { $ref: `#/definitions/${name}` };
  }

  /** Returns the symbol of an interface or of an exported type; undefined for a type without a name of its own. */
  private nameOf(type: ts.Type): ts.Symbol | undefined {
    const symbol = this.names.get(type);
    if (symbol !== undefined) return symbol;
    const isInterface = type.isClassOrInterface() && !this.checker.isArrayType(type);
    return isInterface ? type.symbol : undefined;
  }

  private inline(type: ts.Type): Shape {
    const { flags } = type;
    if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
    if (type.isUnion()) return this.union(type);
    if (type.isStringLiteral()) return { enum: [type.value] };
    if (flags & ts.TypeFlags.BooleanLiteral) return { enum: [this.checker.typeToString(type) === 'true'] };
    if (flags & ts.TypeFlags.String) return { type: 'string' };
    if (flags & ts.TypeFlags.Number) return { type: 'number' };
    if (flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
    if (flags & ts.TypeFlags.Null) return { type: 'null' };
    const [element] = this.checker.isArrayType(type)
      ? this.checker.getTypeArguments(type as ts.TypeReference)
      : [];
    if (element !== undefined) return { type: 'array', items: this.shapeOf(element) };
    return this.object(type);
  }

  private union(type: ts.UnionType): Shape {
    const types = type.types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined));
    const isBoolean = (one: ts.Type) => (one.flags & ts.TypeFlags.BooleanLiteral) !== 0;
    const booleans = types.filter(isBoolean).length;
    const parts = types.filter((one) => booleans < 2 || !isBoolean(one)).map((one) => this.shapeOf(one));
    if (booleans === 2) parts.push({ type: 'boolean' });
    const [first = {}] = parts;
    if (parts.length === 1) return first;
    const values = parts.flatMap((part) => part.enum ?? []);
    return values.length === parts.length ? { enum: values.toSorted() } : { anyOf: parts };
  }

  private object(type: ts.Type): Shape {
    const index = type.getStringIndexType();
    if (index !== undefined) return { type: 'object', additionalProperties: this.shapeOf(index) };
    const members = this.checker.getPropertiesOfType(type);
    if (members.length === 0) throw new Error(`${this.checker.typeToString(type)} has no JSON shape`);
    const description = commentBefore(type);
    return {
      ...(description && { description }),
      type: 'object',
      properties: Object.fromEntries(members.map((member) => [member.name, this.member(member)])),
      required: members.filter((member) => !this.isOptional(member)).map(({ name }) => name),
    };
  }

  private member(symbol: ts.Symbol): Shape {
    const shape = this.shapeOf(this.checker.getTypeOfSymbol(symbol));
    const description = describedBy(symbol);
    return description === '' ? shape : { description, ...shape };
  }

  /** Returns whether a member can be absent: JSON has no undefined. A value of any type is printed as null then. */
  private isOptional(symbol: ts.Symbol): boolean {
    if (symbol.flags & ts.SymbolFlags.Optional) return true;
    const type = this.checker.getTypeOfSymbol(symbol);
    return type.isUnion() && type.types.some(({ flags }) => (flags & ts.TypeFlags.Undefined) !== 0);
  }
}

/** Returns the docstring of a symbol in one line. JSON has no undefined: such a member is absent. */
function describedBy({ declarations }: ts.Symbol): string {
  const [declaration] = declarations ?? [];
  if (declaration === undefined) return '';
  const { text } = docOf(declaration);
  return text.replaceAll(/\s+/g, ' ').replaceAll('undefined', 'absent').replaceAll('Undefined', 'Absent');
}

/** Returns the docstring before a type of a union, which the compiler does not keep. */
function commentBefore(type: ts.Type): string {
  // The members of a union that is a part of an intersection are intersections.
  if (type.isIntersection()) return type.types.map(commentBefore).find((comment) => comment !== '') ?? '';
  const node = type.symbol?.declarations?.[0];
  if (node === undefined || !ts.isUnionTypeNode(node.parent)) return '';
  const text = node.getSourceFile().text.slice(0, node.getStart());
  const [, comment = ''] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*\|\s*$/.exec(text) ?? [];
  return comment
    .replaceAll(/^\s*\*/gm, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
