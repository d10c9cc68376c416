import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import { KeyedLock } from '../durable/keyed-lock.js';
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
  // Serializes the changes of a machine. Otherwise one of two simultaneous changes would be lost, and a machine that is
  // deleted meanwhile would be stored again.
  const locks = new KeyedLock();
  const check = (definition: string) => parseDefinitionText(definition, { integrations });
  const change = (arn: string, changed: (known: StoredMachine) => StoredMachine) =>
    locks.run(arn, () => changeMachine(stored, arn, changed));
  return {
    /** Parses and checks a definition. @throws AwsError `InvalidDefinition` with the invalid or unsupported field */
    check,
    /**
     * Creates a machine. If a machine of this name has the same definition, returns it without changing it: its role
     * and tags are not compared.
     * @throws AwsError `StateMachineAlreadyExists`, `InvalidName`, `InvalidDefinition`
     * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
     */
    async create(properties: MachineProperties): Promise<StoredMachine> {
      const arn = machineArn(context, checkName(properties.name));
      check(properties.definition);
      return locks.run(arn, async () => {
        const known = await stored.machine(arn);
        if (known?.definition === properties.definition) return known;
        if (known === undefined)
          return writeMachine(stored, newMachine(arn, properties, context.clock.now()));
        throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
      });
    },
    /**
     * Changes a machine. Running executions keep the definition with which they were started.
     * @throws AwsError `StateMachineDoesNotExist`, `InvalidDefinition`
     */
    update: (arn: string, { definition, roleArn }: MachineChanges): Promise<StoredMachine> =>
      change(arn, (known) => {
        if (definition !== undefined) check(definition);
        return {
          ...known,
          definition: definition ?? known.definition,
          roleArn: roleArn ?? known.roleArn,
          updatedAtMs: context.clock.now(),
          revisionId: randomUUID(),
        };
      }),
    /** Replaces the tags of a machine, which keeps its revision. @throws AwsError `StateMachineDoesNotExist` */
    setTags: (arn: string, tags: readonly Tag[]): Promise<StoredMachine> =>
      change(arn, (known) => (isDeepStrictEqual(known.tags, tags) ? known : { ...known, tags })),
    delete: (arn: string) => locks.run(arn, () => stored.write(machineRemoval(arn))),
    /** Returns a machine. @throws AwsError `StateMachineDoesNotExist` */
    async get(arn: string) {
      const machine = await findMachine(stored, arn);
      const definition = parsed.get(machine.revisionId) ?? check(machine.definition);
      parsed.set(machine.revisionId, definition);
      return { machine, definition };
    },
  };
}

function newMachine(
  arn: string,
  { name, roleArn, definition, tags }: MachineProperties,
  now: number,
): StoredMachine {
  const times = { createdAtMs: now, updatedAtMs: now };
  return { arn, name, roleArn, definition, tags, ...times, revisionId: randomUUID() };
}

async function findMachine(stored: StoredStates, arn: string): Promise<StoredMachine> {
  const machine = await stored.machine(arn);
  if (machine !== undefined) return machine;
  throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
}

async function changeMachine(
  stored: StoredStates,
  arn: string,
  changed: (known: StoredMachine) => StoredMachine,
): Promise<StoredMachine> {
  const known = await findMachine(stored, arn);
  const machine = changed(known);
  return machine === known ? known : writeMachine(stored, machine);
}

async function writeMachine(stored: StoredStates, machine: StoredMachine): Promise<StoredMachine> {
  await stored.write(machineChanges(machine));
  return machine;
}
