import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

type AttributeValue = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, AttributeValue>>;

/** The members of a request that contain expressions, and the names and values in them. */
interface Expressions {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
}

interface Update extends Expressions {
  readonly Key: Item;
  readonly UpdateExpression: string;
  readonly ReturnValues?: string;
}

interface BatchWrite {
  readonly RequestItems: Readonly<
    Record<string, readonly { readonly PutRequest: { readonly Item: Item } }[]>
  >;
}

interface Query extends Expressions {
  readonly IndexName: 'byDay' | 'byBuild' | 'byFacet';
  readonly FilterExpression?: string;
}

/**
 * The run table. Supports the operations and expressions that the handlers and the state machine use.
 * @throws Error for an unknown expression, so that no condition is taken as true by mistake
 */
export class RunItems {
  readonly #items = new Map<string, Item>();
  readonly #byBuild = new Map<string, string>();
  readonly #onWrite: (before: Item | undefined, after: Item) => void;

  /** Creates the table. @param onWrite receives the item before and after each write */
  constructor(onWrite: (before: Item | undefined, after: Item) => void) {
    this.#onWrite = onWrite;
  }

  readonly operations = {
    GetItem: ({ Key }: { Key: Item }) => ({ Item: this.#items.get(keyOf(Key)) }),
    BatchGetItem: ({ RequestItems }: { RequestItems: Record<string, { Keys: Item[] }> }) => ({
      Responses: Object.fromEntries(
        Object.entries(RequestItems).map(([table, { Keys }]) => [
          table,
          Keys.flatMap((key) => this.#items.get(keyOf(key)) ?? []),
        ]),
      ),
    }),
    PutItem: ({ Item: item, ...request }: Expressions & { Item: Item }) => {
      this.#check(this.#items.get(keyOf(item)), request);
      this.#write(item);
      return {};
    },
    // Writes of index entries, by which clients find runs. Nothing in the simulation reads them.
    BatchWriteItem: ({ RequestItems }: BatchWrite) => {
      const puts = Object.values(RequestItems).flat();
      for (const { PutRequest } of puts) this.#onWrite(undefined, PutRequest.Item);
      return {};
    },
    UpdateItem: ({ Key, UpdateExpression, ReturnValues, ...request }: Update) => {
      const before = this.#items.get(keyOf(Key));
      this.#check(before, request);
      const after = updated(before ?? Key, UpdateExpression, request);
      this.#write(after);
      return {
        Attributes: ReturnValues === 'ALL_OLD' ? before : ReturnValues === 'ALL_NEW' ? after : undefined,
      };
    },
    Query: ({ IndexName, FilterExpression, ...request }: Query) => {
      const values = request.ExpressionAttributeValues ?? {};
      if (IndexName === 'byBuild') {
        const runId = this.#byBuild.get(String(values[':buildId']?.['S']));
        return { Items: runId === undefined ? [] : [{ runId: { S: runId } }] };
      }
      // The simulation has no maps, which the sweep looks for in this index.
      if (IndexName === 'byFacet') return { Items: [] };
      const ofDay = [...this.#items.values()].filter((item) => item['day']?.['S'] === values[':day']?.['S']);
      return {
        Items:
          FilterExpression === undefined
            ? ofDay
            : ofDay.filter((item) => holds(item, FilterExpression, request)),
      };
    },
  };

  all(): Item[] {
    return [...this.#items.values()];
  }

  #check(item: Item | undefined, request: Expressions): void {
    const { ConditionExpression } = request;
    if (ConditionExpression === undefined || holds(item ?? {}, ConditionExpression, request)) return;
    throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
  }

  #write(item: Item): void {
    const before = this.#items.get(keyOf(item));
    this.#onWrite(before, item);
    this.#items.set(keyOf(item), item);
    const buildId = item['buildId']?.['S'];
    if (typeof buildId === 'string') this.#byBuild.set(buildId, keyOf(item));
  }
}

function keyOf(item: Item): string {
  return String(item['runId']?.['S']);
}

/** Applies an update expression such as `SET a = :a, b = if_not_exists(b, :b) REMOVE c`. */
function updated(item: Item, expression: string, request: Expressions): Item {
  const [, sets = '', removes = ''] =
    /^(?:SET (.*?))?\s*(?:REMOVE (.*))?$/.exec(expression) ?? unknown(expression);
  const after: Record<string, AttributeValue> = { ...item };
  for (const set of sets.match(/\S+ = (?:if_not_exists\([^)]*\)|:\w+)/g) ?? []) {
    const [, name = '', kept, value = ''] =
      /^(\S+) = (?:if_not_exists\((\S+), )?(:\w+)\)?$/.exec(set) ?? unknown(set);
    const given = request.ExpressionAttributeValues?.[value] ?? unknown(value);
    after[nameOf(name, request)] = (kept === undefined ? undefined : item[nameOf(kept, request)]) ?? given;
  }
  for (const name of removes.split(/\s*,\s*/)) delete after[nameOf(name, request)];
  return after;
}

/**
 * Evaluates a condition: `a = :a`, `a <> :a`, `a > :a`, `a IN (:a)`, `attribute_exists(a)` with AND, OR, NOT and
 * parentheses.
 */
function holds(item: Item, expression: string, request: Expressions): boolean {
  const tokens = expression.match(/attribute_(?:not_)?exists|[()=,>]|<>|[#:\w]+/g) ?? [];
  let at = 0;
  const take = () => tokens[at++] ?? unknown(expression);
  const takeAll = (...expected: string[]) => {
    for (const token of expected) if (take() !== token) unknown(expression);
  };
  const either = (): boolean => {
    let value = both();
    while (tokens[at] === 'OR') {
      at += 1;
      value = both() || value;
    }
    return value;
  };
  const both = (): boolean => {
    let value = one();
    while (tokens[at] === 'AND') {
      at += 1;
      value = one() && value;
    }
    return value;
  };
  const one = (): boolean => {
    const token = take();
    if (token === 'NOT') return !one();
    if (token === '(') {
      const value = either();
      takeAll(')');
      return value;
    }
    if (token === 'attribute_exists' || token === 'attribute_not_exists') {
      takeAll('(');
      const exists = item[nameOf(take(), request)] !== undefined;
      takeAll(')');
      return exists === (token === 'attribute_exists');
    }
    return compare(textOf(item[nameOf(token, request)]));
  };
  const operand = () => textOf(request.ExpressionAttributeValues?.[take()] ?? unknown(expression));
  const compare = (left: string | undefined): boolean => {
    const operator = take();
    if (operator === '=') return left === operand();
    if (operator === '<>') return left !== operand();
    if (operator === '>') {
      const right = operand();
      return left !== undefined && right !== undefined && left > right;
    }
    if (operator !== 'IN') return unknown(expression);
    takeAll('(');
    let isIn = false;
    do isIn = operand() === left || isIn;
    while (take() === ',');
    return isIn;
  };
  const value = either();
  return at === tokens.length ? value : unknown(expression);
}

function nameOf(name: string, { ExpressionAttributeNames = {} }: Expressions): string {
  return ExpressionAttributeNames[name] ?? name;
}

/** Returns the text of a value. Conditions on runs compare only strings. */
function textOf(value: AttributeValue | undefined): string | undefined {
  return value?.['S'] as string | undefined;
}

function unknown(expression: string): never {
  throw new Error(`the simulated table does not know the expression ${expression}`);
}
