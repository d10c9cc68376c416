import { createRequire } from 'node:module';

import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';

/** The part of dynalite that is used here. It is called without its HTTP server. */
interface DynaliteStore {
  readonly db: { open(): Promise<void>; close(): Promise<void> };
  readonly tableDb: {
    awsAccountId: string;
    awsRegion: string;
    get(name: string, done: (error: unknown, table?: StoredTable) => void): void;
    put(name: string, table: StoredTable, done: (error: unknown) => void): void;
  };
}

interface StoredTable {
  TableStatus: string;
  GlobalSecondaryIndexes?: { IndexStatus: string }[];
}

type Action = (
  store: DynaliteStore,
  input: object,
  done: (error: unknown, output?: Record<string, unknown>) => void,
) => void;

interface Validation {
  readonly types: Readonly<Record<string, unknown>>;
  readonly custom?: unknown;
}

interface Validations {
  readonly checkTypes: (input: object, types: Validation['types']) => object;
  checkValidations(input: object, types: Validation['types'], custom: unknown, store: DynaliteStore): void;
}

interface DynaliteRefusal {
  readonly statusCode: number;
  readonly body: { readonly __type: string; readonly message?: string; readonly Message?: string };
}

export const ENGINE_OPERATIONS = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
] as const;
export type EngineOperation = (typeof ENGINE_OPERATIONS)[number];

/** DynamoDB's operations on the tables of a folder. */
export interface DynaliteEngine {
  /** @throws AwsError with DynamoDB's code */
  call(operation: EngineOperation, input: object): Promise<Record<string, unknown>>;
  /** Returns the members that the input of an operation may have. */
  members(operation: EngineOperation): ReadonlySet<string>;
  close(): Promise<void>;
}

const require = createRequire(import.meta.url);

/** @param folder is created if missing, and can be open in one process at a time */
export async function openDynaliteEngine(folder: string, context: PlaceContext): Promise<DynaliteEngine> {
  const { create } = require('dynalite/db') as { create: (options: object) => DynaliteStore };
  const validations = require('dynalite/validations') as Validations;
  const store = create({ path: folder, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  store.tableDb.awsAccountId = context.account;
  store.tableDb.awsRegion = context.region;
  await store.db.open();
  const call = (operation: EngineOperation, input: object) => {
    const { types, custom } = part<Validation>('validations', operation);
    // Dynalite removes members that it does not know from the input.
    const checked = validations.checkTypes(structuredClone(input), types);
    validations.checkValidations(checked, types, custom, store);
    return run(part<Action>('actions', operation), store, checked);
  };
  const engine: DynaliteEngine = {
    call: async (operation, input) => {
      try {
        return await call(operation, input);
      } catch (error) {
        throw asDynamoError(error);
      }
    },
    members: (operation) => new Set(Object.keys(part<Validation>('validations', operation).types)),
    close: () => store.db.close(),
  };
  await finishInterruptedTables(engine, store);
  return engine;
}

function part<T>(folder: 'actions' | 'validations', operation: EngineOperation): T {
  return require(`dynalite/${folder}/${operation[0]?.toLowerCase()}${operation.slice(1)}`) as T;
}

function run(action: Action, store: DynaliteStore, input: object): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    action(store, input, (error, output) => {
      if (error === null || error === undefined) resolve(output ?? {});
      else reject(error instanceof Error ? error : new Error('dynalite failed', { cause: error }));
    });
  });
}

/** Finishes changes of tables that a kill interrupted. Dynalite makes each change in two writes. */
async function finishInterruptedTables(engine: DynaliteEngine, store: DynaliteStore): Promise<void> {
  const names: string[] = [];
  for (let last: string | undefined, more = true; more;) {
    const page = await engine.call('ListTables', last === undefined ? {} : { ExclusiveStartTableName: last });
    names.push(...(page.TableNames as string[]));
    last = page.LastEvaluatedTableName as string | undefined;
    more = last !== undefined;
  }
  for (const name of names) {
    const table = await new Promise<StoredTable | undefined>((resolve) =>
      store.tableDb.get(name, (_error, found) => resolve(found)),
    );
    if (table === undefined || table.TableStatus === 'ACTIVE') continue;
    const wasDeleting = table.TableStatus === 'DELETING';
    table.TableStatus = 'ACTIVE';
    for (const index of table.GlobalSecondaryIndexes ?? []) index.IndexStatus = 'ACTIVE';
    await new Promise<void>((resolve) => store.tableDb.put(name, table, () => resolve()));
    if (wasDeleting) await engine.call('DeleteTable', { TableName: name });
  }
}

function asDynamoError(error: unknown): unknown {
  if (!isRefusal(error)) return error;
  const { __type, message, Message, ...members } = error.body;
  const code = __type.slice(__type.indexOf('#') + 1);
  return new AwsError(code, message ?? Message ?? code, error.statusCode, members);
}

function isRefusal(error: unknown): error is DynaliteRefusal {
  return error instanceof Error && 'body' in error && 'statusCode' in error;
}
