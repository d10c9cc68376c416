/** Reads the public declarations of an entry point, with their docstrings, with TypeScript's compiler. */
import path from 'node:path';
import ts from 'typescript';

import { docOf, type Doc } from './doc.js';

/** A member of an interface or class, or a field of a schema. */
export interface Member {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly doc: Doc;
}

/** Packages whose types are shown by name only, because reading their declarations takes seconds. */
const SHOWN_AS_WRITTEN = /^(aws-cdk-lib|constructs|@aws-cdk|@aws-sdk|@smithy)(\/|$)/;

/** An exported declaration. */
export interface Declaration {
  readonly name: string;
  readonly kind: 'interface' | 'class' | 'function' | 'type' | 'value';
  /** The signature or type of the declaration, as written. */
  readonly text: string;
  readonly doc: Doc;
  /** Members that the declaration itself has, without inherited ones. */
  readonly members: readonly Member[];
  /** Names of the interfaces and classes that it extends. */
  readonly bases: readonly string[];
}

/** Shows types that are inferred from a schema with their members. */
const INFERRED = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;

/** Maximum characters of an object type in a table. The docstring describes a longer type. */
const LONGEST_OBJECT = 80;

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Loads the program of entry points and other files. Paths are relative to the project's root. */
export function loadProgram(files: readonly string[]): ts.Program {
  const configFile = path.join(ROOT, 'tsconfig.json');
  const read = ts.readConfigFile(configFile, (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(read.config, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const cache = ts.createModuleResolutionCache(ROOT, (file) => file, options);
  host.resolveModuleNameLiterals = (literals, from, _redirected, compilerOptions) =>
    literals.map(({ text }) =>
      SHOWN_AS_WRITTEN.test(text)
        ? { resolvedModule: undefined }
        : ts.resolveModuleName(text, from, compilerOptions, host, cache, undefined, ts.ModuleKind.ESNext),
    );
  return ts.createProgram(
    files.map((file) => path.join(ROOT, file)),
    options,
    host,
  );
}

/** Returns the exports of an entry point, by name. */
export function exportsOf(program: ts.Program, entry: string): ReadonlyMap<string, Declaration> {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(sourceOf(program, entry));
  if (module === undefined) throw new Error(`${entry} exports nothing`);
  return new Map(
    checker.getExportsOfModule(module).flatMap((exported): [string, Declaration][] => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const found = declarationOf(checker, symbol);
      return found === undefined ? [] : [[found.name, found]];
    }),
  );
}

/** Returns the properties of the object literal that a constant is set to, each with its docstring. */
export function literalMembers(program: ts.Program, file: string, constant: string): readonly Member[] {
  const checker = program.getTypeChecker();
  const literal = literalOf(sourceOf(program, file), constant);
  if (literal === undefined) throw new Error(`${file} has no object literal in ${constant}`);
  return literal.properties.filter(ts.isPropertyAssignment).map((property) => ({
    name: property.name.getText(),
    type: checker.typeToString(checker.getTypeAtLocation(property.initializer)),
    optional: /\.optional\(\)/.test(property.initializer.getText()),
    doc: docOf(property),
  }));
}

/** Returns the exported constants of a file, each with its docstring. */
export function constantsOf(program: ts.Program, file: string): readonly { name: string; doc: Doc }[] {
  return sourceOf(program, file)
    .statements.filter(ts.isVariableStatement)
    .map((statement) => ({
      name: statement.declarationList.declarations[0]?.name.getText() ?? '',
      doc: docOf(statement),
    }));
}

/** Returns the properties of a type of an entry point, as the compiler infers them, by name. */
export function inferredTypes(
  program: ts.Program,
  entry: string,
  type: string,
): ReadonlyMap<string, Pick<Member, 'type' | 'optional'>> {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(sourceOf(program, entry));
  const exported = checker.getExportsOfModule(module as ts.Symbol).find(({ name }) => name === type);
  if (exported === undefined) throw new Error(`${entry} does not export ${type}`);
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const properties = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
  return new Map(
    properties.map((property) => [
      property.name,
      {
        type: typeText(checker, property),
        optional: (property.flags & ts.SymbolFlags.Optional) !== 0,
      },
    ]),
  );
}

function typeText(checker: ts.TypeChecker, property: ts.Symbol): string {
  const type = checker.getNonNullableType(checker.getTypeOfSymbol(property));
  const text = checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);
  return text.startsWith('{') && text.length > LONGEST_OBJECT ? 'object' : text;
}

function sourceOf(program: ts.Program, file: string): ts.SourceFile {
  const source = program.getSourceFile(path.join(ROOT, file));
  if (source === undefined) throw new Error(`${file} is not in the program`);
  return source;
}

function literalOf(source: ts.SourceFile, constant: string): ts.ObjectLiteralExpression | undefined {
  const declaration = source.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .find(({ name }) => name.getText() === constant);
  return declaration?.initializer === undefined ? undefined : firstLiteral(declaration.initializer);
}

function firstLiteral(node: ts.Node): ts.ObjectLiteralExpression | undefined {
  if (ts.isObjectLiteralExpression(node)) return node;
  return ts.forEachChild(node, firstLiteral);
}

function declarationOf(checker: ts.TypeChecker, symbol: ts.Symbol): Declaration | undefined {
  const node = symbol.declarations?.[0];
  if (node === undefined) return undefined;
  const { name } = symbol;
  const common = { name, bases: [], members: [] };
  if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) {
    return {
      ...common,
      kind: ts.isClassDeclaration(node) ? 'class' : 'interface',
      text: '',
      doc: docOf(node),
      members: node.members.flatMap(memberOf),
      bases: (node.heritageClauses ?? []).flatMap(({ types }) => types.map((type) => type.getText())),
    };
  }
  if (ts.isFunctionDeclaration(node)) {
    return { ...common, kind: 'function', text: signatureOf(node), doc: docOf(node) };
  }
  if (ts.isTypeAliasDeclaration(node)) {
    const written = node.type.getText();
    const text = written.startsWith('z.infer')
      ? checker.typeToString(checker.getDeclaredTypeOfSymbol(symbol), undefined, INFERRED)
      : written;
    return { ...common, kind: 'type', text, doc: docOf(node) };
  }
  const statement = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return {
    ...common,
    kind: 'value',
    text: checker.typeToString(checker.getTypeOfSymbol(symbol)),
    doc: docOf(statement),
  };
}

function memberOf(node: ts.TypeElement | ts.ClassElement): Member[] {
  const hidden = ts.canHaveModifiers(node)
    ? (ts.getModifiers(node) ?? []).some(({ kind }) =>
        [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.OverrideKeyword].includes(kind),
      )
    : false;
  if (hidden || ts.isConstructorDeclaration(node)) return [];
  const doc = docOf(node);
  if (ts.isCallSignatureDeclaration(node)) {
    return [{ name: '(call)', type: signatureOf(node), optional: false, doc }];
  }
  const name = node.name?.getText() ?? '';
  if (ts.isMethodSignature(node) || ts.isMethodDeclaration(node)) {
    return [{ name, type: signatureOf(node), optional: false, doc }];
  }
  if (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)) {
    const optional = node.questionToken !== undefined;
    if (node.type !== undefined && ts.isTypeLiteralNode(node.type) && !optional) {
      return node.type.members
        .flatMap(memberOf)
        .map((member) => ({ ...member, name: `${name}.${member.name}` }));
    }
    const type = (node.type?.getText() ?? '').replaceAll(/\/\*\*[\s\S]*?\*\//g, '');
    return [{ name, type: withoutUndefined(type, optional), optional, doc }];
  }
  return [];
}

/** Removes `undefined` from the type of an optional member. */
function withoutUndefined(type: string, optional: boolean): string {
  return optional ? type.replace(/ \| undefined$/, '') : type;
}

function signatureOf(node: ts.SignatureDeclaration): string {
  const parameters = node.parameters.map((parameter) =>
    parameter.getText().replace(/: (\w+) = \{\}$/, '?: $1'),
  );
  const generics = node.typeParameters?.map((parameter) => parameter.getText()).join(', ');
  const name = node.name?.getText() ?? '';
  return `${name}${generics === undefined ? '' : `<${generics}>`}(${parameters.join(', ')}): ${node.type?.getText() ?? 'void'}`;
}
