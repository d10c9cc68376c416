import type { Objects } from '../ports.js';
import type { ApplyRequest } from '../template/new-stack-record.js';
import { parseTemplate, type Template } from '../template/template.js';
import type { StackRecord } from '../template/stack-record.js';
import { memberObjects, requiredText, validationError } from './query-input.js';
import { templateText } from './template-source.js';

/** Members that say what is to be applied. */
export const REQUEST_MEMBERS = [
  'StackName',
  'TemplateBody',
  'TemplateURL',
  'Parameters',
  'Tags',
  // Permissions are not enforced, and nobody is notified.
  'Capabilities',
  'RoleARN',
  'ClientToken',
  'ClientRequestToken',
  'Description',
  'DeploymentConfig',
];

/** What a request of the API asks the applier for. */
export async function readStackRequest(
  input: URLSearchParams,
  current: StackRecord | undefined,
  objects: Pick<Objects, 'read'>,
  endpoint: string,
): Promise<ApplyRequest> {
  const template = await templateText(input, objects, endpoint);
  return {
    stackName: current?.stackName ?? requiredText(input, 'StackName'),
    templateText: template,
    parameters: parametersOf(input, parseTemplate(template), current),
    tags: tagsOf(input, current),
  };
}

function parametersOf(
  input: URLSearchParams,
  template: Template,
  current: StackRecord | undefined,
): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const parameter of memberObjects(input, 'Parameters')) {
    const { ParameterKey: name = '', ParameterValue: value, UsePreviousValue: usesPrevious } = parameter;
    if (usesPrevious !== 'true') {
      values[name] = value ?? '';
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

/** A change that names no tags keeps those that are there. */
function tagsOf(input: URLSearchParams, current: StackRecord | undefined): Readonly<Record<string, string>> {
  const tags = memberObjects(input, 'Tags');
  if (tags.length === 0) return current?.tags ?? {};
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}
