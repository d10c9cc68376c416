import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { compileEventPattern, type EventTest } from './event-pattern.js';
import type { Target } from './target.js';

export interface StoredBus {
  readonly name: string;
  readonly description?: string;
  /** Milliseconds since the epoch. */
  readonly createdAtMs: number;
}

export interface StoredRule {
  readonly name: string;
  readonly busName: string;
  /** JSON text. */
  readonly eventPattern?: string;
  readonly scheduleExpression?: string;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly description?: string;
  readonly roleArn?: string;
  readonly targets: readonly Target[];
}

export const DEFAULT_BUS = 'default';

/** The buses and rules that exist, in memory for matching and in the store for the next start. */
export interface RuleBook {
  busArn(name: string): string;
  ruleArn(rule: Pick<StoredRule, 'name' | 'busName'>): string;
  buses(): StoredBus[];
  hasBus(name: string): boolean;
  /** @param reference name or ARN. @throws AwsError `ResourceNotFoundException` */
  bus(reference: string | undefined): StoredBus;
  putBus(bus: StoredBus): Promise<void>;
  removeBus(name: string): Promise<void>;
  /** Rules of a bus by name. */
  rules(busName: string): StoredRule[];
  findRule(busName: string, name: string): StoredRule | undefined;
  /** @throws AwsError `ResourceNotFoundException` */
  rule(busName: string, name: string): StoredRule;
  /** @throws AwsError `InvalidEventPatternException` */
  putRule(rule: StoredRule): Promise<void>;
  removeRule(busName: string, name: string): Promise<void>;
  /** Enabled rules of a bus whose pattern fits the event. */
  matching(busName: string, event: object): StoredRule[];
}

const never: EventTest = () => false;

export async function openRuleBook(context: PlaceContext): Promise<RuleBook> {
  const keptBuses = context.store.collection<StoredBus>('events-buses');
  const keptRules = context.store.collection<StoredRule>('events-rules');
  const buses = new Map<string, StoredBus>([[DEFAULT_BUS, { name: DEFAULT_BUS, createdAtMs: 0 }]]);
  const rules = new Map<string, { rule: StoredRule; fits: EventTest }>();
  const keyOf = (busName: string, name: string) => `${busName}/${name}`;
  const compiled = (rule: StoredRule) => ({
    rule,
    fits: rule.eventPattern === undefined ? never : compileEventPattern(rule.eventPattern),
  });
  for await (const [name, bus] of keptBuses.entries()) buses.set(name, bus);
  for await (const [key, rule] of keptRules.entries()) rules.set(key, compiled(rule));

  const prefix = `arn:${context.partition}:events:${context.region}:${context.account}`;
  const rulesOf = (busName: string) => [...rules.values()].filter(({ rule }) => rule.busName === busName);
  const findRule = (busName: string, name: string) => rules.get(keyOf(busName, name))?.rule;
  return {
    busArn: (name) => `${prefix}:event-bus/${name}`,
    ruleArn: ({ name, busName }) =>
      busName === DEFAULT_BUS ? `${prefix}:rule/${name}` : `${prefix}:rule/${busName}/${name}`,
    buses: () => [...buses.values()].sort((one, other) => (one.name < other.name ? -1 : 1)),
    hasBus: (name) => buses.has(name),
    bus: (reference) => {
      const name = busNameOf(reference);
      const bus = buses.get(name);
      if (bus === undefined) throw notFound(`Event bus ${name} does not exist.`);
      return bus;
    },
    putBus: async (bus) => {
      await keptBuses.put(bus.name, bus);
      buses.set(bus.name, bus);
    },
    removeBus: async (name) => {
      await keptBuses.delete(name);
      buses.delete(name);
    },
    rules: (busName) =>
      rulesOf(busName)
        .map(({ rule }) => rule)
        .sort((one, other) => (one.name < other.name ? -1 : 1)),
    findRule,
    rule: (busName, name) => {
      const rule = findRule(busName, name);
      if (rule === undefined) throw notFound(`Rule ${name} does not exist on EventBus ${busName}.`);
      return rule;
    },
    putRule: async (rule) => {
      const entry = compiled(rule);
      await keptRules.put(keyOf(rule.busName, rule.name), rule);
      rules.set(keyOf(rule.busName, rule.name), entry);
    },
    removeRule: async (busName, name) => {
      await keptRules.delete(keyOf(busName, name));
      rules.delete(keyOf(busName, name));
    },
    matching: (busName, event) =>
      rulesOf(busName)
        .filter(({ rule, fits }) => rule.state === 'ENABLED' && fits(event))
        .map(({ rule }) => rule),
  };
}

/** @param reference name or ARN of a bus; none is the default bus */
export function busNameOf(reference: string | undefined): string {
  if (reference === undefined || reference === '') return DEFAULT_BUS;
  return /^arn:[^:]+:events:[^:]*:[^:]*:event-bus\/(.+)$/.exec(reference)?.[1] ?? reference;
}

function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}
