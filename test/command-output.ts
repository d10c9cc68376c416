import { readFileSync } from 'node:fs';

import { Ajv, type ValidateFunction } from 'ajv';

interface Output {
  readonly exitCode: number | null;
  readonly stdout: string;
}

interface Schema {
  readonly documents: Readonly<Record<string, object>>;
  readonly lines: Readonly<Record<string, object>>;
  readonly definitions: Readonly<Record<string, object>>;
}

/** Returns the published JSON schema of what commands print for programs. */
export function outputSchema(): Schema {
  return JSON.parse(readFileSync('schemas/command-output.json', 'utf8')) as Schema;
}

/**
 * Checks what a command printed for programs against its published shape. A member that the shape does not have is a
 * fault, too. Commands that were refused or interrupted are not checked.
 *
 * @param args the words after `codeseeder`
 * @throws Error with the differences, or for a command with `--json` or `--ndjson` that has no shape
 */
export function holdToShape(args: readonly string[], { exitCode, stdout }: Output): void {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (own.includes('--help') || (exitCode !== 0 && exitCode !== 1)) return;
  const shape = findShape(own);
  // A command can end with 1 before it has a result.
  if (shape === undefined || (exitCode === 1 && stdout === '')) return;
  const values = shape.list === 'documents' ? [stdout] : stdout.split('\n').slice(0, -1);
  const validate = validatorOf(shape);
  for (const value of values) {
    if (validate(JSON.parse(value))) continue;
    const faults = (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
    const subject = `What ${args.join(' ')} printed does not have its shape in client/cli/output-types.ts:`;
    throw new Error([subject, ...faults, value].join('\n'));
  }
}

/** Place of a shape in the schema. */
interface Place {
  readonly list: 'documents' | 'lines';
  readonly name: string;
}

/** Finds the shape of what a command prints; undefined if it prints text for people. */
function findShape(args: readonly string[]): Place | undefined {
  // `deploy` without a subcommand is `deploy app`.
  const words = args[0] === 'deploy' && args[1]?.startsWith('-') ? ['deploy', 'app'] : args;
  const names = [3, 2, 1].map((count) => words.slice(0, count).join(' '));
  const isDetached = args.includes('-d') || args.includes('--detach');
  const lines = Object.keys(schema.lines).find((key) => {
    const [name = '', ...flags] = key.split(' --');
    if (!names.includes(name)) return false;
    const isDocument = isDetached || (name === 'maps wait' && args.includes('--json'));
    return flags.length === 0 ? !isDocument : flags.every((flag) => args.includes(`--${flag}`));
  });
  if (lines !== undefined) return { list: 'lines', name: lines };
  const name = names.find((one) => one in schema.documents);
  if (name !== undefined && args.includes('--json')) return { list: 'documents', name };
  if (!args.includes('--json') && !args.includes('--ndjson')) return undefined;
  throw new Error(`${args.join(' ')} has no shape in client/cli/output-types.ts`);
}

const schema = outputSchema();
const ajv = new Ajv({ allErrors: true });
const compiled = new Map<string, ValidateFunction>();

function validatorOf({ list, name }: Place): ValidateFunction {
  const place = `${list}/${name}`;
  const { definitions } = schema;
  const validate =
    compiled.get(place) ?? ajv.compile(closed({ ...schema[list][name], definitions }) as object);
  compiled.set(place, validate);
  return validate;
}

/** Returns a schema in which objects have no further members. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const copy = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, closed(value)]));
  const isObject = copy['type'] === 'object' && copy['properties'] !== undefined;
  return isObject ? { ...copy, additionalProperties: false } : copy;
}
