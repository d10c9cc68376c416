import { NO_QUOTAS, type Quotas } from '../quotas/quotas.js';
import type { DynaliteEngine, EngineOperation } from './dynalite-engine.js';

const UNITS: Readonly<Partial<Record<EngineOperation, 'read units' | 'write units'>>> = {
  BatchGetItem: 'read units',
  BatchWriteItem: 'write units',
  DeleteItem: 'write units',
  GetItem: 'read units',
  PutItem: 'write units',
  Query: 'read units',
  Scan: 'read units',
  UpdateItem: 'write units',
};

interface Consumed {
  readonly TableName: string;
  readonly CapacityUnits: number;
}

/**
 * Returns the engine limited to the throughput of its tables. A call takes one unit of each of its tables, or fails
 * with a throttling error. The rest of its consumed units is known only after the call, and is subtracted then.
 */
export function limitThroughput(engine: DynaliteEngine, quotas: Quotas): Pick<DynaliteEngine, 'call'> {
  if (quotas === NO_QUOTAS) return engine;
  return {
    async call(name, input) {
      const operation = UNITS[name];
      if (operation === undefined) return engine.call(name, input);
      const unitsOf = (table: string) => ({ service: 'dynamodb', operation, resource: table });
      for (const table of tablesOf(input)) quotas.take(unitsOf(table));
      const { output, consumed } = await meteredCall(engine, name, input);
      for (const { TableName, CapacityUnits } of consumed) {
        quotas.reserve({ ...unitsOf(TableName), tokens: CapacityUnits - 1 });
      }
      return output;
    },
  };
}

function tablesOf(input: object): string[] {
  if ('RequestItems' in input && typeof input.RequestItems === 'object' && input.RequestItems !== null) {
    return Object.keys(input.RequestItems);
  }
  return 'TableName' in input && typeof input.TableName === 'string' ? [input.TableName] : [];
}

/** Makes a call with `ReturnConsumedCapacity`, even if the caller does not ask for the consumed units. */
async function meteredCall(
  engine: DynaliteEngine,
  name: EngineOperation,
  input: { readonly ReturnConsumedCapacity?: unknown },
): Promise<{ output: Record<string, unknown>; consumed: readonly Consumed[] }> {
  const { ReturnConsumedCapacity: wanted = 'NONE' } = input;
  if (wanted !== 'NONE') {
    const output = await engine.call(name, input);
    return { output, consumed: consumedOf(output) };
  }
  const { ConsumedCapacity, ...output } = await engine.call(name, {
    ...input,
    ReturnConsumedCapacity: 'TOTAL',
  });
  return { output, consumed: consumedOf({ ConsumedCapacity }) };
}

function consumedOf({ ConsumedCapacity: consumed = [] }: Record<string, unknown>): readonly Consumed[] {
  return (Array.isArray(consumed) ? consumed : [consumed]) as readonly Consumed[];
}
