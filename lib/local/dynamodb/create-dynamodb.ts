import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

import type { PlaceContext } from '../place-context.js';
import type { Tables } from '../ports.js';
import type { ResourceProvider } from '../template/resource-provider.js';
import { AwsError } from '../wire/aws-error.js';
import { jsonService } from '../wire/json-service.js';
import type { WireService } from '../wire/wire-service.js';
import {
  ENGINE_OPERATIONS,
  openDynaliteEngine,
  type DynaliteEngine,
  type EngineOperation,
} from './dynalite-engine.js';
import { checkMembers } from './request-members.js';
import { tableProvider } from './table-provider.js';
import { returnItemOfFailedCondition } from './failed-condition.js';
import { timeToLive } from './time-to-live.js';

/** DynamoDB of the place. */
export interface Dynamodb {
  readonly service: WireService;
  readonly tables: Tables;
  readonly resourceProviders: readonly ResourceProvider[];
  close(): Promise<void>;
}

/** Opens the tables below `<dataFolder>/dynamodb`. */
export async function createDynamodb(context: PlaceContext): Promise<Dynamodb> {
  const folder = join(context.dataFolder, 'dynamodb');
  await mkdir(folder, { recursive: true });
  const engine = await openDynaliteEngine(folder, context);
  const operations = dynamodbOperations(engine, context);
  const tables: Tables = {
    call: async (operation, input) => {
      const known = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (known !== undefined) return known(input);
      throw new AwsError('UnknownOperationException', `The local place has no DynamoDB ${operation}.`);
    },
  };
  return {
    service: dynamodbService(operations),
    tables,
    resourceProviders: [tableProvider(tables)],
    close: () => engine.close(),
  };
}

type Operation = (input: object) => Promise<Record<string, unknown>>;

function dynamodbOperations(engine: DynaliteEngine, context: PlaceContext): Record<string, Operation> {
  const ttl = timeToLive(engine, context);
  const engineOperation = (operation: EngineOperation): Operation => {
    return async (input) => {
      checkMembers(operation, input, engine.members(operation));
      return returnItemOfFailedCondition(engine, input, () => engine.call(operation, input));
    };
  };
  return {
    ...Object.fromEntries(ENGINE_OPERATIONS.map((operation) => [operation, engineOperation(operation)])),
    ...ttl.operations,
    DeleteTable: async (input) => {
      const output = await engine.call('DeleteTable', input);
      await ttl.forget((input as { TableName: string }).TableName);
      return output;
    },
    DescribeContinuousBackups: async (input) => {
      await engine.call('DescribeTable', input);
      return {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
        },
      };
    },
  };
}

function dynamodbService(operations: Readonly<Record<string, Operation>>): WireService {
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
