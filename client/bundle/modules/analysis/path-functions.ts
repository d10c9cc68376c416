import path from 'node:path';
import type { AnyNode, CallExpression, NewExpression } from 'acorn';

import type { Evaluation, Surroundings } from './evaluation.js';
import { memberName, originOf } from './origins.js';
import {
  combine,
  concatenate,
  isAbsolute,
  joinPaths,
  literal,
  parentOf,
  resolvePaths,
  resolveUrl,
  toPath,
  toUrl,
  UNKNOWN,
  type PathValue,
} from './path-value.js';
import { requireResolveFolder } from './require-folder.js';
import { methodValue } from './string-methods.js';

type Combined = (values: readonly PathValue[], cwd: string) => PathValue;

const first: Combined = ([value]) => value ?? UNKNOWN;

/** The results of known functions. */
const FUNCTIONS: Readonly<Record<string, Combined>> = {
  'path.join': joinPaths,
  'path.resolve': resolvePaths,
  'path.normalize': joinPaths,
  'path.dirname': ([value]) => (value ? parentOf(value) : UNKNOWN),
  'path.basename': ([value]) => (value ? literal(path.posix.basename(value.text)) : UNKNOWN),
  'path.toNamespacedPath': first,
  'url.fileURLToPath': ([value]) => (value ? toPath(value) : UNKNOWN),
  'url.pathToFileURL': ([value], cwd) => (value ? toUrl(value, cwd) : UNKNOWN),
  'url.URL': ([input, base]) => (input ? resolveUrl(input, base) : UNKNOWN),
  'fs.realpath': first,
  'fs.realpathSync': first,
  'fs.realpathSync.native': first,
  ':String': first,
  ':decodeURI': first,
  ':decodeURIComponent': first,
  ':encodeURI': first,
};

/** Returns the values that a call of a known function or method may return; `undefined` for others. */
export function callValue(
  values: Evaluation,
  node: CallExpression | NewExpression,
  { scope, passed }: Surroundings,
): readonly PathValue[] | undefined {
  const { callee } = node;
  const origin = originOf(callee, scope) === ':URL' ? 'url.URL' : originOf(callee, scope);
  if (origin === ':process.cwd') return [{ text: values.place.root, form: 'path', place: 'cwd' }];
  const known = origin === undefined ? undefined : FUNCTIONS[origin];
  const operands = () => node.arguments.map((argument) => valuesOf(argument));
  if (known) return combine(operands(), (row) => known(row, values.place.root));
  const from = origin === 'import.meta.resolve' ? values.folder : requireResolveFolder(values, callee, scope);
  if (from) return combine(operands().slice(0, 1), ([value]) => resolved(value ?? UNKNOWN, from, origin));
  const method = memberName(callee);
  if (callee.type !== 'MemberExpression' || method === undefined) return undefined;
  if (method === 'join' && callee.object.type === 'ArrayExpression') {
    const elements = callee.object.elements.map((element) => (element ? valuesOf(element) : [UNKNOWN]));
    return joinedArray(elements, operands()[0]);
  }
  return methodValue(method, node.arguments, {
    receiver: () => values.of(callee.object, scope, passed),
    operands,
  });

  function valuesOf(argument: AnyNode): readonly PathValue[] {
    return argument.type === 'SpreadElement' ? [UNKNOWN] : values.of(argument, scope, passed);
  }
}

/** Returns the values of `[...].join(separator)`. */
function joinedArray(
  elements: readonly (readonly PathValue[])[],
  [separator = literal(',')]: readonly PathValue[] = [],
): readonly PathValue[] {
  return combine(
    elements.flatMap((element, index) => (index === 0 ? [element] : [[separator], element])),
    concatenate,
  );
}

/** Returns the file that a relative specifier resolves to; an unknown value for the name of a package. */
function resolved(value: PathValue, from: PathValue, origin: string | undefined): PathValue {
  const form = origin === 'import.meta.resolve' ? 'url' : 'path';
  if (value.place) return { ...value, form };
  if (!/^\.\.?(\/|$)/.test(value.text)) return isAbsolute(value.text) ? value : UNKNOWN;
  return { ...from, form, text: path.posix.join(from.text, value.text) };
}
