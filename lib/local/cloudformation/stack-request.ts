import type { Objects } from '../ports.js';
import type { ApplyRequest } from '../template/new-stack-record.js';
import { parseTemplate, type Template } from '../template/template.js';
import type { StackHeader, StackRecord } from '../template/stack-record.js';
import type { StackStore } from '../template/stack-store.js';
import type { InputOf } from '../wire/operation.js';
import { validationError, type stackRequestMembers } from './request-members.js';
import { templateText } from './template-source.js';

type StackInput = Pick<
  InputOf<typeof stackRequestMembers>,
  'StackName' | 'TemplateBody' | 'TemplateURL' | 'Parameters' | 'Tags'
>;

/** Reads the request for the applier from a request of the API. */
export async function readStackRequest(
  input: StackInput,
  current: StackHeader | undefined,
  objects: Pick<Objects, 'read'>,
  endpoint: string,
): Promise<ApplyRequest> {
  const template = await templateText(input, objects, endpoint);
  return {
    stackName: current?.stackName ?? input.StackName,
    templateText: template,
    parameters: parametersOf(input, parseTemplate(template), current),
    tags: tagsOf(input, current),
  };
}

function parametersOf(
  input: StackInput,
  template: Template,
  current: StackHeader | undefined,
): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const parameter of input.Parameters) {
    const { ParameterKey: name, ParameterValue: value, UsePreviousValue: usesPrevious } = parameter;
    if (usesPrevious !== 'true') {
      values[name] = value;
      continue;
    }
    const previous = current?.parameters[name];
    if (previous === undefined || !Object.hasOwn(template.Parameters, name)) {
      throw validationError(
        `Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
      );
    }
    values[name] = previous;
  }
  return values;
}

/** Returns the tags of the request, or else those of the current stack. */
function tagsOf(input: StackInput, current: StackHeader | undefined): Readonly<Record<string, string>> {
  if (input.Tags.length === 0) return current?.tags ?? {};
  return Object.fromEntries(input.Tags.map(({ Key, Value }) => [Key, Value]));
}

/**
 * Returns the name of a stack.
 * @param nameOrId name, or ARN of the form `arn:...:stack/<name>/<uuid>`
 */
export function stackNameOf(nameOrId: string): string {
  return nameOrId.startsWith('arn:') ? (nameOrId.split('/')[1] ?? nameOrId) : nameOrId;
}

/**
 * Finds a stack. The CDK and other tools depend on the exact message for a missing one.
 * @param called the name of the stack in that message
 * @throws AwsError `ValidationError`
 */
export async function findStack(
  store: StackStore,
  nameOrId: string,
  called = `Stack with id ${nameOrId}`,
): Promise<StackHeader> {
  const stack = await store.find(nameOrId);
  if (stack !== undefined) return stack;
  throw validationError(`${called} does not exist`);
}

/**
 * Finds a stack as {@link findStack} does, and reads its template and its resources.
 * @throws AwsError `ValidationError`
 */
export async function readStack(store: StackStore, nameOrId: string): Promise<StackRecord> {
  const stack = await store.read(nameOrId);
  if (stack !== undefined) return stack;
  throw validationError(`Stack with id ${nameOrId} does not exist`);
}
