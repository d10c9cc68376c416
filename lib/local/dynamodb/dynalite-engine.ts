import { createRequire } from 'node:module';

import type { PlaceContext } from '../place-context.js';
import { LevelDatabase } from '../durable/level/level-database.js';
import { AwsError } from '../wire/aws-error.js';
import { dynaliteDatabase, type DynaliteDatabase } from './dynalite-database.js';
import { addItemToFailedCondition, type ConditionCheck } from './failed-condition.js';
import { deleteEntries, deleteOrphanedEntries } from './index-entries.js';
import { type ExpressionParser, keepExpressions } from './kept-expressions.js';

/** The parts of dynalite that are used here. Its HTTP server is not started. */
interface DynaliteStore {
  readonly db: DynaliteDatabase;
  readonly tableDb: {
    awsAccountId: string;
    awsRegion: string;
    get(name: string, done: (error: unknown, table?: StoredTable) => void): void;
    put(name: string, table: StoredTable, done: (error: unknown) => void): void;
    lock(name: string, work: (release: (done: () => void) => () => void) => void): void;
  };
}

/** A table as dynalite stores it. */
export interface StoredTable {
  readonly TableArn: string;
  TableStatus: string;
  readonly KeySchema: { readonly AttributeName: string }[];
  AttributeDefinitions: { readonly AttributeName: string; readonly AttributeType: string }[];
  GlobalSecondaryIndexes?: StoredIndex[];
  readonly LocalSecondaryIndexes?: readonly StoredIndex[];
}

interface StoredIndex {
  readonly IndexName: string;
  readonly KeySchema: { readonly AttributeName: string }[];
  IndexStatus: string;
  readonly [member: string]: unknown;
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
  /** Runs an operation. @throws AwsError with DynamoDB's code */
  call(operation: EngineOperation, input: object): Promise<Record<string, unknown>>;
  /** Returns the names of the members that the operation's input may have. */
  members(operation: EngineOperation): ReadonlySet<string>;
  /**
   * Changes the description of a table after the calls in progress have ended. All later calls use the new description.
   * @throws AwsError `ResourceNotFoundException`, and what `change` throws
   */
  changeTable(name: string, change: (table: StoredTable) => void): Promise<void>;
  /**
   * Deletes a table after the calls in progress have ended. Otherwise one of them could write an item after the
   * deletion of the items, and a later table of this name would contain it.
   */
  deleteTable(name: string): Promise<Record<string, unknown>>;
  /** Deletes the entries of an index that the table no longer has. */
  deleteEntries(table: string, index: string): Promise<void>;
  close(): Promise<void>;
}

const require = createRequire(import.meta.url);

interface DynaliteModule extends ConditionCheck {
  create(options: object): DynaliteStore;
}

/** Loads dynalite with the changes that all its databases share. */
function loadDynalite(): DynaliteModule {
  const dynalite = require('dynalite/db') as DynaliteModule;
  for (const parser of ['conditionParser', 'updateParser']) {
    keepExpressions(require(`dynalite/db/${parser}`) as ExpressionParser);
  }
  addItemToFailedCondition(dynalite);
  return dynalite;
}

/**
 * Opens the engine.
 * @param folder is created if missing, and can be open in one process at a time
 * @throws LocalAwsError `DataFolderDamaged` naming the file
 */
export async function openDynaliteEngine(folder: string, context: PlaceContext): Promise<DynaliteEngine> {
  const dynalite = loadDynalite();
  const validations = require('dynalite/validations') as Validations;
  const store = dynalite.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const calls = new CallsInProgress();
  const level = await LevelDatabase.open(folder, {
    report: (problem, cause) => context.reportProblem(problem, cause),
    onRecovered: () => void finishTables(),
  });
  Object.assign(
    store.db,
    dynaliteDatabase(level, (error) => calls.fail(error)),
  );
  store.tableDb.awsAccountId = context.account;
  store.tableDb.awsRegion = context.region;
  const call = (operation: EngineOperation, input: object) => {
    const { types, custom } = part<Validation>('validations', operation);
    // Passes a copy, because dynalite removes unknown members from the input.
    const checked = validations.checkTypes(structuredClone(input), types);
    validations.checkValidations(checked, types, custom, store);
    return calls.run((done) => part<Action>('actions', operation)(store, checked, done));
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
    async changeTable(name, change) {
      await engine.call('DescribeTable', { TableName: name });
      await lockedTable(store, name, change);
      await calls.settled();
    },
    async deleteTable(name) {
      await engine.changeTable(name, (table) => {
        if (table.TableStatus === 'ACTIVE') table.TableStatus = 'DELETING';
      });
      return engine.call('DeleteTable', { TableName: name });
    },
    deleteEntries: (table, index) => deleteEntries(level, table, index),
    close: () => level.close(),
  };
  const finishTables = () =>
    finishInterruptedTables(engine, store).catch((error: unknown) =>
      context.reportProblem('An interrupted change of a table could not be finished.', error),
    );
  try {
    await finishInterruptedTables(engine, store);
    await deleteOrphanedEntries(level, (table, index) => hasIndex(store, table, index));
  } catch (error) {
    await level.close();
    throw error;
  }
  return engine;
}

type Output = Record<string, unknown>;

/** The operations that dynalite is running. */
class CallsInProgress {
  readonly #rejects = new Set<(error: unknown) => void>();
  readonly #ends = new Set<Promise<unknown>>();

  run(action: (done: (error: unknown, output?: Output) => void) => void): Promise<Output> {
    const end = this.#start(action);
    this.#ends.add(end);
    const forget = () => void this.#ends.delete(end);
    end.then(forget, forget);
    return end;
  }

  /** Resolves when all operations in progress have ended. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#ends]);
  }

  #start(action: (done: (error: unknown, output?: Output) => void) => void): Promise<Output> {
    return new Promise<Output>((resolve, reject) => {
      this.#rejects.add(reject);
      action((error, output) => {
        this.#rejects.delete(reject);
        if (error === null || error === undefined) resolve(output ?? {});
        else reject(error instanceof Error ? error : new Error('dynalite failed', { cause: error }));
      });
    });
  }

  /** Fails all running operations, because dynalite does not report which of them could not read its data. */
  fail(error: unknown): void {
    for (const reject of this.#rejects) reject(error);
    this.#rejects.clear();
  }
}

const parts = new Map<string, unknown>();

/** Loads a module of dynalite, and keeps it, because `require` takes longer than some operations. */
function part<T>(folder: 'actions' | 'validations', operation: EngineOperation): T {
  const name = `dynalite/${folder}/${operation[0]?.toLowerCase()}${operation.slice(1)}`;
  if (!parts.has(name)) parts.set(name, require(name));
  return parts.get(name) as T;
}

/**
 * Finishes changes of tables that were interrupted when the process was killed. Dynalite makes each change in two
 * writes.
 */
async function finishInterruptedTables(engine: DynaliteEngine, store: DynaliteStore): Promise<void> {
  const names: string[] = [];
  for (let last: string | undefined, more = true; more;) {
    const page = await engine.call('ListTables', last === undefined ? {} : { ExclusiveStartTableName: last });
    names.push(...(page.TableNames as string[]));
    last = page.LastEvaluatedTableName as string | undefined;
    more = last !== undefined;
  }
  for (const name of names) {
    const table = await inPromise<StoredTable | undefined>((done) => store.tableDb.get(name, done));
    if (table === undefined || table.TableStatus === 'ACTIVE') continue;
    const wasDeleting = table.TableStatus === 'DELETING';
    table.TableStatus = 'ACTIVE';
    for (const index of table.GlobalSecondaryIndexes ?? []) index.IndexStatus = 'ACTIVE';
    await inPromise<void>((done) => store.tableDb.put(name, table, done));
    if (wasDeleting) await engine.call('DeleteTable', { TableName: name });
  }
}

async function hasIndex({ tableDb }: DynaliteStore, name: string, index: string): Promise<boolean> {
  const table = await inPromise<StoredTable | undefined>((done) => tableDb.get(name, done));
  const { GlobalSecondaryIndexes: globals = [], LocalSecondaryIndexes: locals = [] } = table ?? {};
  return [...globals, ...locals].some(({ IndexName }) => IndexName === index);
}

/** Changes a table while holding the lock that dynalite itself uses for changes of tables. */
function lockedTable(
  { tableDb }: DynaliteStore,
  name: string,
  change: (table: StoredTable) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    tableDb.lock(name, (release) => {
      const changed = inPromise<StoredTable | undefined>((done) => tableDb.get(name, done)).then((table) => {
        if (table === undefined) return undefined;
        change(table);
        return inPromise<void>((done) => tableDb.put(name, table, done));
      });
      changed.then(release(resolve), (error: Error) => release(() => reject(error))());
    });
  });
}

function inPromise<T>(work: (done: (error: unknown, result?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    work((error, result) => {
      if (error === null || error === undefined) resolve(result as T);
      else reject(error instanceof Error ? error : new Error('dynalite failed', { cause: error }));
    });
  });
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
