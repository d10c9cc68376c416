import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { CodeseederError, type Invocation, type PythonTarget } from '../../lib/contract/index.js';
import { argumentProblem } from '../bundle/python/signature/argument-problem.js';
import { type Parameter, readSignature, type Signature } from '../bundle/python/signature/read-signature.js';
import type { CallOptions } from '../call-option-types.js';
import { filesOfModule, mayChangeModules } from './module-files.js';
import type { MergedOptions } from './run-options.js';

/** A call of a Python function. */
type PythonCall = Extract<Invocation, { kind: 'python' }>;

/** A function in the source of a local module. */
interface FoundFunction {
  readonly file: string;
  readonly signature: Signature;
}

/**
 * Refuses a call that lacks an argument, or has one that the function does not take, before anything is uploaded. The
 * parameters are read in the source of the function: the client needs no Python and runs no code. A function that
 * {@link readSignature} is not sure of is accepted with any arguments.
 *
 * @throws CodeseederError `InvalidRequest` with the function as it is defined, and a command that calls it
 */
export async function refuseWrongArguments(
  call: PythonCall,
  options: MergedOptions<CallOptions>,
): Promise<void> {
  const found = await findSignature(call.target, options);
  if (found !== undefined)
    refuse(call, found, 'The call', `\`codeseeder run ${commandOf(call.target, found)}\``);
}

/**
 * Returns the inputs of a map. Refuses one that is not the arguments of the function, as {@link refuseWrongArguments}
 * does.
 */
export async function* refuseWrongInputs(
  inputs: Iterable<unknown> | AsyncIterable<unknown>,
  call: PythonCall,
  options: MergedOptions<CallOptions>,
): AsyncGenerator<unknown> {
  const found = await findSignature(call.target, options);
  let index = 0;
  for await (const input of inputs) {
    const args = (Array.isArray(input) ? input : [input]) as PythonCall['args'];
    if (found !== undefined) refuse({ ...call, args }, found, `inputs[${index}]`, listOf(found.signature));
    yield input;
    index += 1;
  }
}

function refuse(call: PythonCall, { file, signature }: FoundFunction, subject: string, usage: string): void {
  const { args, kwargs } = call;
  // JSON has no undefined, so the function does not get such an argument.
  const names = Object.keys(kwargs).filter((name) => kwargs[name] !== undefined);
  const found = argumentProblem(signature, { count: args.length, names }, `${signature.text} in ${file}`);
  if (found === undefined) return;
  const { problem, remedy = `Give each argument as JSON: ${usage}` } = found;
  throw new CodeseederError('InvalidRequest', `${subject} ${problem}. ${remedy}`);
}

/** Returns the words of a command that calls a function: `app:greet NAME [TIMES]`. */
function commandOf({ module, functionName }: PythonTarget, { signature }: FoundFunction): string {
  const named = signature.parameters.filter(({ kind, hasDefault }) => kind === 'keywordOnly' && !hasDefault);
  const pairs = named.map(({ name }) => `"${name}": ${name.toUpperCase()}`);
  return [
    `${module}:${functionName}`,
    ...positionalOf(signature).map((one) => (one.hasDefault ? `[${nameOf(one)}]` : nameOf(one))),
    ...(pairs.length === 0 ? [] : [`--kwargs '{${pairs.join(', ')}}'`]),
  ].join(' ');
}

/** Returns the form of an input of a map: `[NAME, TIMES]`. */
function listOf(signature: Signature): string {
  return `[${positionalOf(signature).map(nameOf).join(', ')}]`;
}

function positionalOf({ parameters }: Signature): readonly Parameter[] {
  return parameters.filter(({ kind }) => kind === 'positionOnly' || kind === 'either' || kind === 'list');
}

function nameOf({ name, kind }: Parameter): string {
  return kind === 'list' ? `${name.toUpperCase()}...` : name.toUpperCase();
}

async function findSignature(
  { module, functionName }: PythonTarget,
  options: MergedOptions<CallOptions>,
): Promise<FoundFunction | undefined> {
  if (mayChangeModules(options)) return undefined;
  const [file, ...others] = await filesOfModule(module, options.localModules ?? {});
  if (file === undefined || others.length > 0) return undefined;
  const signature = readSignature(await readFile(file, 'utf8'), functionName);
  if (signature === undefined || (await mayBeReplaced(functionName, file))) return undefined;
  return { file, signature };
}

/** Returns whether the packages of a module may replace its function, as by a module of the same name. */
async function mayBeReplaced(functionName: string, file: string): Promise<boolean> {
  const assigned = new RegExp(`\\.\\s*${functionName}\\s*=(?!=)`);
  let folder = path.dirname(file);
  const submodules = [functionName, `${functionName}.py`].map((name) => path.join(folder, name));
  const isPackage = path.basename(file) === '__init__.py';
  if (isPackage && (await Promise.all(submodules.map(exists))).includes(true)) return true;
  for (; ; folder = path.dirname(folder)) {
    const source = await readFile(path.join(folder, '__init__.py'), 'utf8').catch(() => undefined);
    if (source === undefined || folder === path.dirname(folder)) return false;
    if (assigned.test(source) || /\bsetattr\b/.test(source)) return true;
  }
}

async function exists(place: string): Promise<boolean> {
  return (await stat(place).catch(() => undefined)) !== undefined;
}
