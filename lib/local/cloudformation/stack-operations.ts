import { z } from 'zod';

import type { KeyedLock } from '../durable/keyed-lock.js';
import { isUnderway } from '../template/stack-record.js';
import { parseTemplate } from '../template/template.js';
import { AwsError } from '../wire/aws-error.js';
import { harmless, operation, type InputOf } from '../wire/operation.js';
import { refuseUnchangeable } from './change-sets.js';
import type { CloudFormationOptions } from './cloudformation-context.js';
import {
  onlyFalse,
  stackName,
  stackRequestMembers,
  templateMembers,
  validationError,
} from './request-members.js';
import { findStack, readStack, readStackRequest, stackNameOf } from './stack-request.js';
import { templateText } from './template-source.js';

const deleteMembers = {
  StackName: stackName,
  ClientRequestToken: stackRequestMembers.ClientRequestToken,
  RoleARN: stackRequestMembers.RoleARN,
  DeploymentConfig: harmless(z.unknown(), 'resources are always deleted in the same way'),
};

/**
 * Returns the operations that change stacks without a change set, and those that read a template.
 * @param stackChanges serializes the checks and starts of operations on a stack, by its name. Otherwise another
 *   operation could change or delete the stack between its check and the start
 */
export function stackOperations(options: CloudFormationOptions, stackChanges: KeyedLock) {
  return { ...changeOperations(options, stackChanges), ...templateOperations(options) };
}

function changeOperations({ applier, context, objects }: CloudFormationOptions, stackChanges: KeyedLock) {
  const serialized = <T>(nameOrId: string, start: () => Promise<T>) =>
    stackChanges.run(stackNameOf(nameOrId), start);
  const begin = async (request: Parameters<typeof applier.begin>[0]) => {
    const { stackId, ended } = await applier.begin(request);
    ended.catch((error: unknown) =>
      context.reportProblem(`The operation on the stack ${request.stackName} failed`, error),
    );
    return { StackId: stackId };
  };
  return {
    CreateStack: operation(
      {
        ...stackRequestMembers,
        DisableRollback: onlyFalse,
        OnFailure: z.literal('ROLLBACK').optional(),
        EnableTerminationProtection: onlyFalse,
      },
      (input) =>
        serialized(input.StackName, async () => {
          if ((await applier.store.find(input.StackName)) !== undefined) {
            throw new AwsError('AlreadyExistsException', `Stack [${input.StackName}] already exists`);
          }
          return begin(await readStackRequest(input, undefined, objects, context.endpoint()));
        }),
    ),
    UpdateStack: operation({ ...stackRequestMembers, DisableRollback: onlyFalse }, (input) =>
      serialized(input.StackName, async () => {
        const stack = await findStack(applier.store, input.StackName, `Stack [${input.StackName}]`);
        refuseUnchangeable(stack);
        const request = await readStackRequest(input, stack, objects, context.endpoint());
        const { isEmpty } = await applier.preview(request);
        if (isEmpty) throw validationError('No updates are to be performed.');
        return begin(request);
      }),
    ),
    DeleteStack: operation(deleteMembers, ({ StackName }) =>
      serialized(StackName, async () => {
        const stack = await applier.store.find(StackName);
        if (stack === undefined || ['DELETE_COMPLETE', 'DELETE_IN_PROGRESS'].includes(stack.status))
          return {};
        if (isUnderway(stack.status)) {
          throw validationError(`Stack [${stack.stackId}] cannot be deleted while in status ${stack.status}`);
        }
        await applier.beginDelete(stack.stackName);
        return {};
      }),
    ),
  };
}

function templateOperations({ applier, context, objects }: CloudFormationOptions) {
  const readTemplate = async (input: InputOf<typeof templateMembers>) =>
    parseTemplate(await templateText(input, objects, context.endpoint()));
  return {
    ValidateTemplate: operation(templateMembers, async (input) => {
      const template = await readTemplate(input);
      return {
        Description: template.Description,
        Parameters: {
          member: Object.entries(template.Parameters).map(
            ([ParameterKey, { Default, NoEcho, Description }]) => ({
              ParameterKey,
              DefaultValue: Default,
              NoEcho: String(NoEcho) === 'true',
              Description,
            }),
          ),
        },
        Capabilities: { member: [] },
      };
    }),
    GetTemplateSummary: operation(
      { StackName: stackName.optional(), ...templateMembers },
      async ({ StackName, ...source }) => {
        const template =
          StackName === undefined
            ? await readTemplate(source)
            : parseTemplate((await readStack(applier.store, StackName)).templateText);
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
    ),
  };
}
