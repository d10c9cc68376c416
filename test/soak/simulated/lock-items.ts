import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

import { type LockState, parseLockState } from '../../../lib/contract/index.js';

type Value = unknown;
type Plain = Readonly<Record<string, Value>>;
type Wire = Parameters<typeof unmarshall>[0];

interface Update {
  readonly Key: Wire;
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues: Wire;
}

/**
 * The table of locks. Supports the operations and expressions that the handlers use.
 * @throws Error for an unknown expression, so that no condition is taken as true by mistake
 */
export class LockItems {
  readonly #items = new Map<string, Plain>();
  readonly #onWrite: (before: LockState, after: LockState) => void;

  /** Creates the table. @param onWrite receives the lock before and after each write */
  constructor(onWrite: (before: LockState, after: LockState) => void = () => undefined) {
    this.#onWrite = onWrite;
  }

  readonly operations = {
    GetItem: ({ Key }: { Key: Wire }) => {
      const item = this.#items.get(keyOf(Key));
      return { Item: item && marshall(item) };
    },
    Scan: () => ({ Items: [...this.#items.values()].map((item) => marshall(item)) }),
    UpdateItem: ({ Key, UpdateExpression, ConditionExpression, ...request }: Update) => {
      const before = this.#items.get(keyOf(Key)) ?? unmarshall(Key);
      const names = request.ExpressionAttributeNames;
      const values = unmarshall(request.ExpressionAttributeValues);
      if (!new Reader(ConditionExpression, before, names, values).condition()) {
        throw new ConditionalCheckFailedException({
          message: 'The conditional request failed',
          $metadata: {},
        });
      }
      const after = new Reader(UpdateExpression, before, names, values).update();
      this.#onWrite(parseLockState(before), parseLockState(after));
      this.#items.set(keyOf(Key), after);
      return { Attributes: marshall(after) };
    },
  };

  all(): LockState[] {
    return [...this.#items.values()].map(parseLockState);
  }
}

function keyOf(key: Wire): string {
  return String(unmarshall(key)['lock']);
}

/** A path inside an item, such as `#holder.#runId` or `#waiting[0]`. */
type Path = readonly (string | number)[];

/** Evaluates an expression for an item. */
class Reader {
  readonly #tokens: readonly string[];
  readonly #expression: string;
  readonly #item: Plain;
  readonly #names: Readonly<Record<string, string>>;
  readonly #values: Plain;
  #at = 0;

  constructor(expression: string, item: Plain, names: Readonly<Record<string, string>>, values: Plain) {
    this.#expression = expression;
    this.#tokens = expression.match(/<>|[()[\].,=<+]|[#:]?\w+/g) ?? [];
    this.#item = item;
    this.#names = names;
    this.#values = values;
  }

  condition(): boolean {
    const value = this.#either();
    if (this.#at !== this.#tokens.length) this.#refuse();
    return value;
  }

  update(): Plain {
    const after = structuredClone(this.#item) as Record<string, Value>;
    if (this.#skip('SET')) {
      do {
        const path = this.#path();
        this.#expect('=');
        after[String(path[0])] = this.#sum();
        if (path.length !== 1) this.#refuse();
      } while (this.#skip(','));
    }
    if (this.#skip('REMOVE')) {
      do remove(after, this.#path());
      while (this.#skip(','));
    }
    if (this.#at !== this.#tokens.length) this.#refuse();
    return after;
  }

  #either(): boolean {
    let value = this.#both();
    while (this.#skip('OR')) value = this.#both() || value;
    return value;
  }

  #both(): boolean {
    let value = this.#one();
    while (this.#skip('AND')) value = this.#one() && value;
    return value;
  }

  #one(): boolean {
    if (this.#skip('NOT')) return !this.#one();
    if (this.#skip('(')) return this.#closed(this.#either());
    if (this.#skip('attribute_not_exists')) {
      this.#expect('(');
      return this.#closed(this.#valueAt(this.#path()) === undefined);
    }
    if (this.#skip('contains')) {
      this.#expect('(');
      const list = this.#valueAt(this.#path());
      this.#expect(',');
      const wanted = this.#operand();
      return this.#closed(Array.isArray(list) && list.includes(wanted));
    }
    const left = this.#operand();
    if (this.#skip('=')) return left === this.#operand();
    if (this.#skip('<>')) return left !== this.#operand();
    if (this.#skip('<')) return Number(left) < Number(this.#operand());
    return this.#refuse();
  }

  #sum(): Value {
    const left = this.#operand();
    return this.#skip('+') ? Number(left) + Number(this.#operand()) : left;
  }

  #operand(): Value {
    if (this.#skip('size')) {
      this.#expect('(');
      const list = this.#valueAt(this.#path());
      return this.#closed(Array.isArray(list) ? list.length : undefined);
    }
    if (this.#skip('if_not_exists')) {
      this.#expect('(');
      const found = this.#valueAt(this.#path());
      this.#expect(',');
      const other = this.#operand();
      return this.#closed(found ?? other);
    }
    if (this.#skip('list_append')) {
      this.#expect('(');
      const [first, , second] = [this.#operand(), this.#expect(','), this.#operand()];
      return this.#closed([...(first as Value[]), ...(second as Value[])]);
    }
    const token = this.#tokens[this.#at] ?? this.#refuse();
    if (!token.startsWith(':')) return this.#valueAt(this.#path());
    this.#at += 1;
    return this.#values[token];
  }

  #path(): Path {
    const path: (string | number)[] = [this.#name()];
    for (;;) {
      if (this.#skip('.')) path.push(this.#name());
      else if (this.#skip('[')) {
        path.push(Number(this.#tokens[this.#at]));
        this.#at += 1;
        this.#expect(']');
      } else return path;
    }
  }

  #name(): string {
    const name = this.#names[this.#tokens[this.#at] ?? ''];
    this.#at += 1;
    return name ?? this.#refuse();
  }

  #valueAt(path: Path): Value {
    return path.reduce<Value>(
      (value, step) => (value as Record<string | number, Value> | undefined)?.[step],
      this.#item,
    );
  }

  #skip(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#skip(token)) this.#refuse();
  }

  #closed<T>(value: T): T {
    this.#expect(')');
    return value;
  }

  #refuse(): never {
    throw new Error(`the simulated table of locks does not know the expression ${this.#expression}`);
  }
}

function remove(item: Record<string, Value>, [name, index, ...more]: Path): void {
  if (more.length > 0 || name === undefined) throw new Error('the simulation removes no deeper path');
  if (index === undefined) delete item[name];
  else (item[name] as Value[]).splice(Number(index), 1);
}
