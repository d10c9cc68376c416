import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { checkName, machineArn } from './arns.js';
import type { Definition } from './interpreter/definition.js';
import type { Integrations } from './interpreter/integration.js';
import { parseDefinitionText } from './interpreter/parse-definition.js';
import { machineChanges, machineRemoval, type StoredMachine, type StoredStates } from './stored-states.js';
import type { Tag } from './tags.js';

export interface MachineProperties {
  readonly name: string;
  readonly roleArn: string;
  /** JSON text. */
  readonly definition: string;
  readonly tags: readonly Tag[];
}

/** The changes of an update. Members that are left out keep their values. */
export interface MachineChanges {
  readonly definition?: string | undefined;
  readonly roleArn?: string | undefined;
}

/** The state machines that exist. */
export type MachineCatalogue = ReturnType<typeof createMachineCatalogue>;

export function createMachineCatalogue(
  context: PlaceContext,
  stored: StoredStates,
  integrations: Integrations,
) {
  const parsed = new Map<string, Definition>();
  const check = (definition: string) => parseDefinitionText(definition, { integrations });
  const find = (arn: string) => findMachine(stored, arn);
  const write = (machine: StoredMachine) => writeMachine(stored, machine);
  return {
    /** Parses and checks a definition. @throws AwsError `InvalidDefinition` with the invalid or unsupported field */
    check,
    /**
     * Creates a machine. If a machine of this name has the same definition and role, returns it without changing it or
     * its tags.
     * @throws AwsError `StateMachineAlreadyExists`, `InvalidName`, `InvalidDefinition`
     */
    async create({ name, roleArn, definition, tags }: MachineProperties): Promise<StoredMachine> {
      const arn = machineArn(context, checkName(name));
      check(definition);
      const known = await stored.machine(arn);
      if (known?.definition === definition && known.roleArn === roleArn) return known;
      if (known !== undefined) {
        throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
      }
      const now = context.clock.now();
      const times = { createdAtMs: now, updatedAtMs: now };
      return write({ arn, name, roleArn, definition, tags, ...times, revisionId: randomUUID() });
    },
    /**
     * Changes a machine. Running executions keep the definition with which they were started.
     * @throws AwsError `StateMachineDoesNotExist`, `InvalidDefinition`
     */
    async update(arn: string, { definition, roleArn }: MachineChanges): Promise<StoredMachine> {
      const known = await find(arn);
      if (definition !== undefined) check(definition);
      return write({
        ...known,
        definition: definition ?? known.definition,
        roleArn: roleArn ?? known.roleArn,
        updatedAtMs: context.clock.now(),
        revisionId: randomUUID(),
      });
    },
    /** Replaces the tags of a machine, which keeps its revision. @throws AwsError `StateMachineDoesNotExist` */
    async setTags(arn: string, tags: readonly Tag[]): Promise<StoredMachine> {
      const known = await find(arn);
      return isDeepStrictEqual(known.tags, tags) ? known : write({ ...known, tags });
    },
    delete: (arn: string) => stored.write(machineRemoval(arn)),
    /** Returns a machine. @throws AwsError `StateMachineDoesNotExist` */
    async get(arn: string) {
      const machine = await find(arn);
      const definition = parsed.get(machine.revisionId) ?? check(machine.definition);
      parsed.set(machine.revisionId, definition);
      return { machine, definition };
    },
  };
}

async function findMachine(stored: StoredStates, arn: string): Promise<StoredMachine> {
  const machine = await stored.machine(arn);
  if (machine !== undefined) return machine;
  throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
}

async function writeMachine(stored: StoredStates, machine: StoredMachine): Promise<StoredMachine> {
  await stored.write(machineChanges(machine));
  return machine;
}
