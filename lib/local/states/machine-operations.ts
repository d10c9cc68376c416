import { AwsError } from '../wire/aws-error.js';
import type { JsonOperation } from '../wire/json-service.js';
import { checkArn } from './arns.js';
import type { MachineCatalogue } from './machine-catalogue.js';
import { RequestMembers } from './request-members.js';
import type { StoredMachine, StoredStates } from './stored-states.js';

/** Members that change nothing on a laptop: no log delivery, tracing or keys of the service are modelled. */
const WITHOUT_EFFECT = ['loggingConfiguration', 'tracingConfiguration', 'encryptionConfiguration', 'tags'];

/** The operations that make, change and show machines. */
export function machineOperations(
  machines: MachineCatalogue,
  stored: StoredStates,
): Record<string, JsonOperation> {
  return {
    CreateStateMachine: (input: object) => create(machines, input),
    UpdateStateMachine: (input: object) => update(machines, input),
    async DeleteStateMachine(input: object) {
      const members = new RequestMembers(input, ['stateMachineArn']);
      await machines.delete(checkArn(members.text('stateMachineArn'), 'stateMachine'));
      return {};
    },
    async DescribeStateMachine(input: object) {
      const members = new RequestMembers(input, ['stateMachineArn', 'includedData']);
      const arn = checkArn(members.text('stateMachineArn'), 'stateMachine');
      const { machine } = await machines.get(arn);
      const metadataOnly = members.oneOf('includedData', ['ALL_DATA', 'METADATA_ONLY']) === 'METADATA_ONLY';
      return describe({ ...machine, ...(metadataOnly && { definition: '{}' }) });
    },
    ListStateMachines: (input: object) => list(stored, input),
    async ValidateStateMachineDefinition(input: object) {
      const members = new RequestMembers(input, ['definition', 'type', 'severity', 'maxResults']);
      return validate(machines, members.text('definition'));
    },
  };
}

async function create(machines: MachineCatalogue, input: object): Promise<object> {
  const members = new RequestMembers(input, ['name', 'definition', 'roleArn', 'type', ...WITHOUT_EFFECT]);
  if (members.oneOf('type', ['STANDARD', 'EXPRESS']) === 'EXPRESS') {
    throw new AwsError('StateMachineTypeNotSupported', 'The local place runs STANDARD state machines only.');
  }
  const machine = await machines.create({
    name: members.text('name'),
    definition: members.text('definition', Number.POSITIVE_INFINITY),
    roleArn: members.text('roleArn'),
  });
  return { stateMachineArn: machine.arn, creationDate: machine.createdAtMs / 1_000 };
}

async function update(machines: MachineCatalogue, input: object): Promise<object> {
  const members = new RequestMembers(input, ['stateMachineArn', 'definition', 'roleArn', ...WITHOUT_EFFECT]);
  const definition = members.optionalText('definition', Number.POSITIVE_INFINITY);
  const roleArn = members.optionalText('roleArn');
  if (definition === undefined && roleArn === undefined) {
    throw new AwsError('MissingRequiredParameter', 'Either the definition or the role ARN must be specified');
  }
  const machine = await machines.update(checkArn(members.text('stateMachineArn'), 'stateMachine'), {
    ...(definition !== undefined && { definition }),
    ...(roleArn !== undefined && { roleArn }),
  });
  return { updateDate: machine.updatedAtMs / 1_000, revisionId: machine.revisionId };
}

function describe(machine: StoredMachine): object {
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

async function list(stored: StoredStates, input: object): Promise<object> {
  const members = new RequestMembers(input, ['maxResults', 'nextToken']);
  const start = members.pageStart();
  const end = start + members.pageSize();
  const machines = await stored.machines();
  return {
    stateMachines: machines.slice(start, end).map(({ arn, name, createdAtMs }) => ({
      stateMachineArn: arn,
      name,
      type: 'STANDARD',
      creationDate: createdAtMs / 1_000,
    })),
    ...(end < machines.length && { nextToken: String(end) }),
  };
}

function validate(machines: MachineCatalogue, definition: string): object {
  try {
    machines.check(definition);
    return { result: 'OK', diagnostics: [], truncated: false };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const [, code = 'SCHEMA_VALIDATION_FAILED'] = /'([A-Z_]+):/.exec(error.message) ?? [];
    const diagnostic = { severity: 'ERROR', code, message: error.message };
    return { result: 'FAIL', diagnostics: [diagnostic], truncated: false };
  }
}
