import { isUnderway } from '../template/stack-record.js';
import { parseTemplate } from '../template/template.js';
import { AwsError } from '../wire/aws-error.js';
import type { QueryOperation } from '../wire/query-service.js';
import { refuseUnchangeable } from './change-sets.js';
import type { CloudFormationOptions } from './cloudformation-context.js';
import { refuseOtherMembers, refuseOtherValues, requiredText, validationError } from './query-input.js';
import { readStackRequest, REQUEST_MEMBERS } from './stack-request.js';
import { templateText } from './template-source.js';

/** The operations that change stacks at once, and those that only look at a template. */
export function stackOperations(options: CloudFormationOptions): Record<string, QueryOperation> {
  const { applier, context, objects, reportProblem } = options;
  const begin = async (request: Parameters<typeof applier.begin>[0]) => {
    const { stackId, ended } = await applier.begin(request);
    ended.catch((error: unknown) => reportProblem(`The stack ${request.stackName} came to no end`, error));
    return { StackId: stackId };
  };
  const readTemplate = async (input: URLSearchParams) =>
    parseTemplate(await templateText(input, objects, context.endpoint()));
  return {
    async CreateStack(input) {
      refuseOtherMembers(input, [...REQUEST_MEMBERS, ...Object.keys(CREATE_VALUES)]);
      refuseOtherValues(input, CREATE_VALUES);
      const name = requiredText(input, 'StackName');
      if ((await applier.store.find(name)) !== undefined) {
        throw new AwsError('AlreadyExistsException', `Stack [${name}] already exists`);
      }
      return begin(await readStackRequest(input, undefined, objects, context.endpoint()));
    },
    async UpdateStack(input) {
      refuseOtherMembers(input, [...REQUEST_MEMBERS, 'DisableRollback']);
      refuseOtherValues(input, { DisableRollback: ['false'] });
      const name = requiredText(input, 'StackName');
      const stack = await applier.store.find(name);
      if (stack === undefined) throw validationError(`Stack [${name}] does not exist`);
      refuseUnchangeable(stack);
      const request = await readStackRequest(input, stack, objects, context.endpoint());
      const { isEmpty } = await applier.preview(request);
      if (isEmpty) throw validationError('No updates are to be performed.');
      return begin(request);
    },
    async DeleteStack(input) {
      refuseOtherMembers(input, ['StackName', 'ClientRequestToken', 'RoleARN', 'DeploymentConfig']);
      const stack = await applier.store.find(requiredText(input, 'StackName'));
      if (stack === undefined || stack.status === 'DELETE_COMPLETE') return {};
      if (isUnderway(stack.status)) {
        if (stack.status === 'DELETE_IN_PROGRESS') return {};
        throw validationError(`Stack [${stack.stackId}] cannot be deleted while in status ${stack.status}`);
      }
      await applier.beginDelete(stack.stackName);
      return {};
    },
    async ValidateTemplate(input) {
      const { Description, Parameters } = await readTemplate(input);
      return {
        Description,
        Parameters: {
          member: Object.entries(Parameters).map(
            ([ParameterKey, { Default, NoEcho, Description: text }]) => ({
              ParameterKey,
              DefaultValue: Default,
              NoEcho: String(NoEcho) === 'true',
              Description: text,
            }),
          ),
        },
        Capabilities: { member: [] },
      };
    },
    async GetTemplateSummary(input) {
      const name = input.get('StackName');
      const stack = name === null ? undefined : await applier.store.find(name);
      if (name !== null && stack === undefined) throw validationError(`Stack with id ${name} does not exist`);
      const template = stack === undefined ? await readTemplate(input) : parseTemplate(stack.templateText);
      return {
        Description: template.Description,
        Parameters: {
          member: Object.entries(template.Parameters).map(([ParameterKey, { Type, Default }]) => ({
            ParameterKey,
            ParameterType: Type,
            DefaultValue: Default,
          })),
        },
        ResourceTypes: {
          member: [...new Set(Object.values(template.Resources).map(({ Type }) => Type))],
        },
        Capabilities: { member: [] },
      };
    },
  };
}

/** What a stack is always made with here. */
const CREATE_VALUES: Readonly<Record<string, readonly string[]>> = {
  DisableRollback: ['false'],
  OnFailure: ['ROLLBACK'],
  EnableTerminationProtection: ['false'],
};
