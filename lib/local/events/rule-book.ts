import type { Collection } from '../durable/durable-store.js';
import { KeyedLock } from '../durable/keyed-lock.js';
import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { compileEventPattern, type EventTest } from './event-pattern.js';
import type { Target } from './target.js';
import { invalid, type Tags } from './members.js';

export interface StoredBus {
  readonly name: string;
  readonly description?: string | undefined;
  readonly tags?: Tags | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAtMs: number;
  /** Time of the last change, in milliseconds since the epoch. Missing for a bus that was not changed. */
  readonly modifiedAtMs?: number | undefined;
}

/** The settings of a bus. */
export type BusSettings = Omit<StoredBus, 'createdAtMs' | 'modifiedAtMs'>;

export interface StoredRule {
  readonly name: string;
  readonly busName: string;
  /** JSON text. */
  readonly eventPattern?: string | undefined;
  readonly scheduleExpression?: string | undefined;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly description?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly tags?: Tags | undefined;
  readonly targets: readonly Target[];
}

export const DEFAULT_BUS = 'default';
export const BUS_NAME = /^[.\-_A-Za-z0-9]{1,256}$/;

const never: EventTest = () => false;

/** The buses and rules. Keeps them in memory to match events, and in the store for the next start. */
export class RuleBook {
  readonly #busStore: Collection<StoredBus>;
  readonly #ruleStore: Collection<StoredRule>;
  readonly #arnPrefix: string;
  readonly #now: () => number;
  readonly #buses = new Map<string, StoredBus>([[DEFAULT_BUS, { name: DEFAULT_BUS, createdAtMs: 0 }]]);
  readonly #rules = new Map<string, { rule: StoredRule; matches: EventTest }>();
  readonly #changes = new KeyedLock();

  static async open(context: PlaceContext): Promise<RuleBook> {
    const book = new RuleBook(context);
    for await (const [name, bus] of book.#busStore.entries()) book.#buses.set(name, bus);
    for await (const [key, rule] of book.#ruleStore.entries()) book.#rules.set(key, compiled(rule));
    return book;
  }

  private constructor({ store, partition, region, account, clock }: PlaceContext) {
    this.#now = () => clock.now();
    this.#busStore = store.collection('events-buses');
    this.#ruleStore = store.collection('events-rules');
    this.#arnPrefix = `arn:${partition}:events:${region}:${account}`;
  }

  busArn(name: string): string {
    return `${this.#arnPrefix}:event-bus/${name}`;
  }

  ruleArn({ name, busName }: Pick<StoredRule, 'name' | 'busName'>): string {
    return `${this.#arnPrefix}:rule/${busName === DEFAULT_BUS ? name : `${busName}/${name}`}`;
  }

  /** Returns all buses in the order of their names. */
  buses(): StoredBus[] {
    return [...this.#buses.values()].sort(byName);
  }

  hasBus(name: string): boolean {
    return this.#buses.has(name);
  }

  /**
   * Returns a bus.
   * @param reference name or ARN
   * @throws AwsError `ResourceNotFoundException`
   */
  bus(reference: string | undefined): StoredBus {
    const name = busNameOf(reference);
    const bus = this.#buses.get(name);
    if (bus !== undefined) return bus;
    throw new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
  }

  /**
   * Runs work that changes a bus or its rules after all earlier work of this bus. Without it, one of two simultaneous
   * changes of a rule would be lost, and a rule that is deleted meanwhile would be stored again.
   */
  change<T>(busName: string, work: () => Promise<T>): Promise<T> {
    return this.#changes.run(busName, work);
  }

  /** Creates a bus. @throws AwsError `ResourceAlreadyExistsException` */
  createBus(bus: BusSettings): Promise<void> {
    return this.change(bus.name, async () => {
      if (this.hasBus(bus.name)) {
        throw new AwsError('ResourceAlreadyExistsException', `Event bus ${bus.name} already exists.`);
      }
      await this.#store({ ...bus, createdAtMs: this.#now() });
    });
  }

  /** Creates a bus, or changes its settings. A bus that exists keeps its time of creation. */
  putBus(bus: BusSettings): Promise<void> {
    return this.change(bus.name, async () => {
      const modifiedAtMs = this.#now();
      const { createdAtMs } = this.#buses.get(bus.name) ?? { createdAtMs: modifiedAtMs };
      await this.#store({ ...bus, createdAtMs, modifiedAtMs });
    });
  }

  async #store(bus: StoredBus): Promise<void> {
    await this.#busStore.put(bus.name, bus);
    this.#buses.set(bus.name, bus);
  }

  /** Deletes a bus, if it exists. @throws AwsError `ValidationException` */
  async deleteBus(reference: string): Promise<void> {
    const name = busNameOf(reference);
    if (name === DEFAULT_BUS) throw invalid('Cannot delete event bus default.');
    await this.change(name, async () => {
      if (this.rules(name).length > 0) {
        throw invalid(`Event bus ${name} can not be deleted since it has rules.`);
      }
      await this.#busStore.delete(name);
      this.#buses.delete(name);
    });
  }

  /** Returns the rules of a bus in the order of their names. */
  rules(busName: string): StoredRule[] {
    return this.#rulesOf(busName)
      .map(({ rule }) => rule)
      .sort(byName);
  }

  findRule(busName: string, name: string): StoredRule | undefined {
    return this.#rules.get(keyOf({ busName, name }))?.rule;
  }

  /** Returns a rule. @throws AwsError `ResourceNotFoundException` */
  rule(busName: string, name: string): StoredRule {
    const rule = this.findRule(busName, name);
    if (rule !== undefined) return rule;
    const message = `Rule ${name} does not exist on EventBus ${busName}.`;
    throw new AwsError('ResourceNotFoundException', message);
  }

  /** Creates or replaces a rule. Call it in {@link change}. @throws AwsError `InvalidEventPatternException` */
  async putRule(rule: StoredRule): Promise<void> {
    const entry = compiled(rule);
    await this.#ruleStore.put(keyOf(rule), rule);
    this.#rules.set(keyOf(rule), entry);
  }

  /** Removes a rule. Call it in {@link change}. */
  async removeRule(busName: string, name: string): Promise<void> {
    await this.#ruleStore.delete(keyOf({ busName, name }));
    this.#rules.delete(keyOf({ busName, name }));
  }

  /** Returns the tags of a bus or a rule. @throws AwsError `ResourceNotFoundException` */
  tagsOf(arn: string): Tags {
    const bus = this.buses().find(({ name }) => this.busArn(name) === arn);
    const rule = [...this.#rules.values()].find(({ rule: { name, busName } }) => {
      return this.ruleArn({ name, busName }) === arn;
    });
    const found = bus ?? rule?.rule;
    if (found !== undefined) return found.tags ?? [];
    throw new AwsError('ResourceNotFoundException', `The resource ${arn} does not exist.`);
  }

  /** Returns the enabled rules of a bus whose pattern matches an event. */
  matching(busName: string, event: object): StoredRule[] {
    return this.#rulesOf(busName)
      .filter(({ rule, matches }) => rule.state === 'ENABLED' && matches(event))
      .map(({ rule }) => rule);
  }

  #rulesOf(busName: string) {
    return [...this.#rules.values()].filter(({ rule }) => rule.busName === busName);
  }
}

function compiled(rule: StoredRule): { rule: StoredRule; matches: EventTest } {
  const { eventPattern } = rule;
  return { rule, matches: eventPattern === undefined ? never : compileEventPattern(eventPattern) };
}

function keyOf({ busName, name }: Pick<StoredRule, 'name' | 'busName'>): string {
  return `${busName}/${name}`;
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : 1;
}

/**
 * Returns the name of a bus.
 * @param reference name or ARN of a bus; undefined or empty for the default bus
 */
export function busNameOf(reference: string | undefined): string {
  if (reference === undefined || reference === '') return DEFAULT_BUS;
  return /^arn:[^:]+:events:[^:]*:[^:]*:event-bus\/(.+)$/.exec(reference)?.[1] ?? reference;
}
