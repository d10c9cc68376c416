import { createHash } from 'node:crypto';

import type {
  JsonObject,
  ProvidedResource,
  ResourceProvider,
  ResourceRequest,
} from '../resources/resource-provider.js';
import type { MachineCatalogue, MachineProperties } from './machine-catalogue.js';
import type { StoredMachine } from './stored-states.js';
import { readTemplateTags } from './tags.js';

const TYPE = 'AWS::StepFunctions::StateMachine';

/**
 * Provides `AWS::StepFunctions::StateMachine`. Definitions are checked before the stack's first resource is created.
 */
export function stateMachineProvider(machines: MachineCatalogue): ResourceProvider {
  const change = async (arn: string, { definition, roleArn, tags }: MachineProperties) => {
    const { machine } = await machines.get(arn);
    if (machine.definition !== definition || machine.roleArn !== roleArn) {
      await machines.update(arn, { definition, roleArn });
    }
    return provided(await machines.setTags(arn, tags));
  };
  return {
    type: TYPE,
    modelled: [
      'Definition',
      'DefinitionString',
      'DefinitionSubstitutions',
      'RoleArn',
      'StateMachineName',
      'StateMachineType',
      'Tags',
    ],
    harmless: {
      EncryptionConfiguration: 'nothing is encrypted here',
      LoggingConfiguration: 'the execution history contains everything that the logs would',
      TracingConfiguration: 'there is no X-Ray to send traces to',
    },
    check: (request) => void machines.check(readProperties(request).definition),
    async create(request) {
      const properties = readProperties(request);
      const { arn } = await machines.create(properties);
      // An interrupted deployment may have created the machine with another role and tags, which `create` does not
      // change.
      return change(arn, properties);
    },
    async update(current, request) {
      const properties = readProperties(request);
      if (current.attributes.Name !== properties.name) {
        throw new Error(
          `${request.logicalId}: a state machine cannot be renamed from ${JSON.stringify(current.attributes.Name)} to ${properties.name} in place; give it another logical id.`,
        );
      }
      return change(current.physicalId, properties);
    },
    delete: (current) => machines.delete(current.physicalId),
  };
}

function provided({ arn, name, revisionId }: StoredMachine): ProvidedResource {
  return { physicalId: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: revisionId } };
}

function readProperties(request: ResourceRequest): MachineProperties {
  const { logicalId, properties } = request;
  const { StateMachineName: name, StateMachineType: type = 'STANDARD', RoleArn: roleArn } = properties;
  if (type !== 'STANDARD') {
    throw new Error(
      `${logicalId}: the local AWS runs STANDARD state machines only, not ${JSON.stringify(type)}.`,
    );
  }
  if (typeof roleArn !== 'string') throw new Error(`${logicalId}: RoleArn must be a string.`);
  return {
    name: typeof name === 'string' ? name : generatedName(request),
    roleArn,
    definition: substituted(readDefinition(logicalId, properties), properties.DefinitionSubstitutions),
    tags: readTemplateTags(TYPE, properties),
  };
}

function readDefinition(logicalId: string, properties: JsonObject): string {
  const { Definition: definition, DefinitionString: text } = properties;
  if (typeof text === 'string' && definition === undefined) return text;
  if (typeof definition === 'object' && text === undefined) return JSON.stringify(definition);
  throw new Error(`${logicalId}: expected exactly one of DefinitionString and Definition.`);
}

/**
 * Replaces each `${name}` in a definition by its value. As in CloudFormation, a `${name}` without a value is kept.
 */
function substituted(definition: string, substitutions: JsonObject[string] | undefined): string {
  if (typeof substitutions !== 'object' || substitutions === null) return definition;
  const values = new Map(Object.entries(substitutions));
  return definition.replace(/\$\{([^}]+)\}/g, (placeholder, key: string) => {
    const value = values.get(key);
    return value === undefined || value === null ? placeholder : textInJson(value);
  });
}

/** Returns a value as it is inserted into a JSON string. Quotation marks and line feeds stay escaped. */
function textInJson(value: JsonObject[string]): string {
  return typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value);
}

/**
 * Returns a name that depends only on stack and logical id. CloudFormation appends random characters instead.
 */
function generatedName({ stackName, logicalId }: ResourceRequest): string {
  const suffix = createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex').slice(0, 12);
  return `${logicalId.slice(0, 67)}-${suffix}`;
}
