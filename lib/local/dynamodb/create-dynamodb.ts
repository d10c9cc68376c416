import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

import { z } from 'zod';

import { KeyedLock } from '../durable/keyed-lock.js';
import type { PlaceContext } from '../place-context.js';
import type { Tables } from '../ports.js';
import { AwsError } from '../wire/aws-error.js';
import { jsonService } from '../wire/json-service.js';
import { harmless, operation, type Operation, serviceOperations } from '../wire/operation.js';
import type { WireService } from '../wire/wire-service.js';
import {
  ENGINE_OPERATIONS,
  openDynaliteEngine,
  type DynaliteEngine,
  type EngineOperation,
} from './dynalite-engine.js';
import { changesIndexes, INDEX_UPDATE_MEMBERS, updateIndexes } from './index-updates.js';
import { limitThroughput } from './limit-throughput.js';
import { returnItemOfFailedCondition } from './failed-condition.js';
import { tableProvider } from './table-provider.js';
import { timeToLive } from './time-to-live.js';

/** DynamoDB, and the functions by which other services call it. */
export type Dynamodb = Awaited<ReturnType<typeof createDynamodb>>;

/** Opens DynamoDB with the tables below `<dataFolder>/dynamodb`. */
export async function createDynamodb(context: PlaceContext) {
  const folder = join(context.dataFolder, 'dynamodb');
  await mkdir(folder, { recursive: true });
  const engine = await openDynaliteEngine(folder, context);
  const operations = dynamodbOperations(engine, context);
  const tables: Tables = {
    call: async (name, input) => {
      if (Object.hasOwn(operations, name)) return operations[name as keyof typeof operations](input);
      throw new AwsError('UnknownOperationException', `The local AWS has no operation ${name} of DynamoDB.`);
    },
  };
  return {
    service: dynamodbService(operations),
    tables,
    resourceProviders: [tableProvider(tables)],
    close: () => engine.close(),
  };
}

function dynamodbOperations(engine: DynaliteEngine, context: PlaceContext) {
  const changes = new KeyedLock();
  const limited = limitThroughput(engine, context.quotas);
  const engineOperations = ENGINE_OPERATIONS.map((name) => {
    const members = { ...engineMembers(engine, name), ...HARMLESS };
    const declared = operation(members, async (input: object) =>
      returnItemOfFailedCondition(input, () => limited.call(name, input)),
    );
    return [name, declared] as const;
  });
  return serviceOperations('ValidationException', {
    ...(Object.fromEntries(engineOperations) as Record<EngineOperation, Operation<Output>>),
    ...timeToLive(engine, context, changes),
    UpdateTable: operation(
      {
        ...engineMembers(engine, 'UpdateTable'),
        ...HARMLESS,
        TableName: z.string(),
        ...INDEX_UPDATE_MEMBERS,
      },
      async (input): Promise<Output> => {
        if (!changesIndexes(input)) return limited.call('UpdateTable', input);
        await changes.run(input.TableName, () => updateIndexes(engine, input));
        const { Table } = await engine.call('DescribeTable', { TableName: input.TableName });
        return { TableDescription: Table };
      },
    ),
    DescribeContinuousBackups: operation({ TableName: z.string() }, async (input): Promise<Output> => {
      await engine.call('DescribeTable', input);
      return {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
        },
      };
    }),
  });
}

type Output = Record<string, unknown>;

/**
 * Returns the members that the engine (dynalite) supports. Their schemas accept any value, because the engine checks
 * the values itself.
 */
function engineMembers(engine: DynaliteEngine, name: EngineOperation): Record<string, z.ZodOptional> {
  const members = [...engine.members(name)];
  return Object.fromEntries(members.map((member) => [member, z.unknown().optional()]));
}

/** Members that the engine ignores, in any of its operations. */
const HARMLESS = {
  ConsistentRead: harmless(z.boolean(), 'every read is consistent'),
  DeletionProtectionEnabled: harmless(z.literal(false), 'it protects nothing'),
  OnDemandThroughput: harmless(z.unknown(), 'no table has a limit of its own'),
  ReturnConsumedCapacity: harmless(z.string(), 'nothing is metered'),
  ReturnItemCollectionMetrics: harmless(z.string(), 'nothing is metered'),
  ReturnValuesOnConditionCheckFailure: harmless(z.string(), 'failed-condition.ts handles it'),
  SSESpecification: harmless(z.unknown(), 'the data folder is not encrypted by the local AWS'),
  StreamSpecification: harmless(
    z.strictObject({ StreamEnabled: z.literal(false, 'The local AWS has no StreamSpecification.') }),
    'it asks for no stream',
  ),
  TableClass: harmless(z.string(), 'nothing is billed'),
  WarmThroughput: harmless(z.unknown(), 'no table has a limit of its own'),
};

function dynamodbService(operations: ReturnType<typeof dynamodbOperations>): WireService {
  const service = jsonService({
    signingName: 'dynamodb',
    targetPrefix: 'DynamoDB_20120810',
    jsonVersion: '1.0',
    operations,
  });
  return {
    ...service,
    async handle(request) {
      const answer = await service.handle(request);
      if (typeof answer.body !== 'string') return answer;
      return { ...answer, headers: { ...answer.headers, 'x-amz-crc32': String(crc32(answer.body)) } };
    },
  };
}
