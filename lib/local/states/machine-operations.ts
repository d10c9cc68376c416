import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';
import { harmless, operation } from '../wire/operation.js';
import { page } from '../wire/page.js';
import { checkArn } from './arns.js';
import type { MachineCatalogue } from './machine-catalogue.js';
import { harmlessMachineMembers, includedData, invalidToken, pageMembers, text } from './members.js';
import type { StoredMachine, StoredStates } from './stored-states.js';
import { checkTags, tags } from './tags.js';

/** The maximum size of a definition is checked in `parse-definition.ts`. */
const definition = z.string();

/** Returns the operations that create, change and describe state machines. */
export function machineOperations(machines: MachineCatalogue, stored: StoredStates) {
  return {
    ...changingOperations(machines),
    DescribeStateMachine: operation({ stateMachineArn: text, includedData }, async (input) => {
      const { machine } = await machines.get(checkArn(input.stateMachineArn, 'stateMachine'));
      return describe(input.includedData === 'ALL_DATA' ? machine : { ...machine, definition: '{}' });
    }),
    ListStateMachines: operation(pageMembers, async ({ maxResults, nextToken: token }) => {
      const options = { limit: maxResults, token, invalidToken };
      const { items, nextToken } = page(await stored.machines(), ({ arn }) => arn, options);
      return { stateMachines: items.map(summarize), nextToken };
    }),
    ListTagsForResource: operation({ resourceArn: text }, async ({ resourceArn }) => {
      const machine = await stored.machine(checkArn(resourceArn, 'stateMachine'));
      if (machine !== undefined) return { tags: machine.tags };
      throw new AwsError('ResourceNotFound', `Resource not found: '${resourceArn}'`, 400, {
        resourceName: resourceArn,
      });
    }),
    ValidateStateMachineDefinition: operation(
      {
        definition,
        type: z.enum(['STANDARD', 'EXPRESS']).optional(),
        severity: z.enum(['ERROR', 'WARNING']).optional(),
        maxResults: harmless(z.number().int().min(0).max(100), 'there is at most one finding'),
      },
      async (input) => validate(machines, input.definition),
    ),
  };
}

function changingOperations(machines: MachineCatalogue) {
  return {
    CreateStateMachine: operation(
      {
        name: text,
        definition,
        roleArn: text,
        type: z.enum(['STANDARD', 'EXPRESS']).default('STANDARD'),
        tags,
        ...harmlessMachineMembers,
      },
      async ({ name, definition: json, roleArn, type, tags: given }) => {
        if (type === 'EXPRESS') {
          throw new AwsError(
            'StateMachineTypeNotSupported',
            'The local AWS runs STANDARD state machines only.',
          );
        }
        const machine = await machines.create({ name, definition: json, roleArn, tags: checkTags(given) });
        return { stateMachineArn: machine.arn, creationDate: machine.createdAtMs / 1_000 };
      },
    ),
    UpdateStateMachine: operation(
      {
        stateMachineArn: text,
        definition: definition.optional(),
        roleArn: text.optional(),
        ...harmlessMachineMembers,
      },
      async ({ stateMachineArn, definition: json, roleArn }) => {
        if (json === undefined && roleArn === undefined) {
          throw new AwsError(
            'MissingRequiredParameter',
            'Either the definition or the role ARN must be specified',
          );
        }
        const arn = checkArn(stateMachineArn, 'stateMachine');
        const machine = await machines.update(arn, { definition: json, roleArn });
        return { updateDate: machine.updatedAtMs / 1_000, revisionId: machine.revisionId };
      },
    ),
    DeleteStateMachine: operation({ stateMachineArn: text }, ({ stateMachineArn }) =>
      machines.delete(checkArn(stateMachineArn, 'stateMachine')),
    ),
  };
}

function describe(machine: StoredMachine) {
  return {
    stateMachineArn: machine.arn,
    name: machine.name,
    status: 'ACTIVE',
    definition: machine.definition,
    roleArn: machine.roleArn,
    type: 'STANDARD',
    creationDate: machine.createdAtMs / 1_000,
    revisionId: machine.revisionId,
    loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: { enabled: false },
  };
}

function summarize({ arn, name, createdAtMs }: StoredMachine) {
  return { stateMachineArn: arn, name, type: 'STANDARD', creationDate: createdAtMs / 1_000 };
}

function validate(machines: MachineCatalogue, json: string): object {
  try {
    machines.check(json);
    return { result: 'OK', diagnostics: [], truncated: false };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const [, code = 'SCHEMA_VALIDATION_FAILED'] = /'([A-Z_]+):/.exec(error.message) ?? [];
    const diagnostic = { severity: 'ERROR', code, message: error.message };
    return { result: 'FAIL', diagnostics: [diagnostic], truncated: false };
  }
}
