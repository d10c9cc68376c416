import { Token } from 'aws-cdk-lib';
import { Rule, type EventBus, type IRuleTarget } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';

import {
  CodeseederError,
  definedOnly,
  EVENT_SOURCE,
  MAP_STATE_CHANGE,
  type MapStatus,
  parseStateChangeFilters,
  RUN_STATE_CHANGE,
  type RunStatus,
  type StateChangeFilters,
} from '../contract/index.js';

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
const PATTERN_MAX_CHARACTERS = 4096;

/** A value, or several of which one matches. */
type OneOrMore<Value> = Value | readonly Value[];

/** Options of a rule on state changes, beside its filters. */
export interface StateChangeRuleOptions {
  /**
   * Where the rule sends matching events, such as a `SqsQueue` of `aws-cdk-lib/aws-events-targets`.
   * @default none: add targets to the returned rule by `addTarget`
   */
  readonly target?: IRuleTarget | undefined;
  /**
   * Name of the rule.
   * @default a name that CloudFormation generates
   */
  readonly ruleName?: string | undefined;
  /**
   * Description of the rule.
   * @default one that names the seedkit and the kind of event
   */
  readonly description?: string | undefined;
  /**
   * Scope of the rule, in the stack of the target. Needed where the target is in another stack than the seedkit,
   * because the two stacks would otherwise depend on each other.
   * @default the seedkit
   */
  readonly crossStackScope?: Construct | undefined;
}

/** Filters and target of a rule on the state changes of runs. An event matches if all filters do. */
export interface RunStateChangeOptions extends StateChangeRuleOptions {
  /**
   * Statuses to which the run changes.
   * @default every status
   */
  readonly status?: OneOrMore<RunStatus> | undefined;
  /**
   * What the run runs: the complete `name` or `target` of its record, such as `src/deploy.ts#network`.
   * @default any
   */
  readonly runTarget?: OneOrMore<string> | undefined;
  /**
   * Labels that the run has, by name, with the complete value or a list of values. The run must have all of them.
   * @default any
   */
  readonly labels?: Readonly<Record<string, OneOrMore<string>>> | undefined;
  /**
   * Name of the lock that the run takes.
   * @default any, and runs without a lock
   */
  readonly lock?: OneOrMore<string> | undefined;
}

/** Filters and target of a rule on the state changes of maps. An event matches if all filters do. */
export interface MapStateChangeOptions extends StateChangeRuleOptions {
  /**
   * Statuses to which the map changes.
   * @default every status
   */
  readonly status?: OneOrMore<MapStatus> | undefined;
  /**
   * What the map runs: the complete `name` or `target` of its record.
   * @default any
   */
  readonly runTarget?: OneOrMore<string> | undefined;
}

/** Properties of a {@link StateChangeRule}. */
export interface StateChangeRuleProps {
  readonly seedkit: string;
  readonly bus: EventBus;
  /** Name of the rule in the app, which errors name. */
  readonly name: string;
  readonly on: { readonly runs: RunStateChangeOptions } | { readonly maps: MapStateChangeOptions };
}

/** A rule on the seedkit's bus that sends the state changes of some runs or maps to a target. */
export class StateChangeRule extends Construct {
  readonly rule: Rule;

  /** @throws CodeseederError `InvalidRequest` for a filter that no event can match, or a pattern that is too long */
  constructor(scope: Construct, id: string, { seedkit, bus, name, on }: StateChangeRuleProps) {
    super(scope, id);
    const [what, options] = 'runs' in on ? (['runs', on.runs] as const) : (['maps', on.maps] as const);
    const { target, ruleName, description, crossStackScope: _scope, ...filterOptions } = options;
    const subject = `filter of the rule ${JSON.stringify(name)} on ${what}`;
    const isUnknown = (text: string) => Token.isUnresolved(text);
    const filters = parseStateChangeFilters(filterOptions, { of: what, subject, isUnknown });
    const detail = detailPattern(filters);
    const detailType = [what === 'runs' ? RUN_STATE_CHANGE : MAP_STATE_CHANGE];
    const eventPattern = { source: [EVENT_SOURCE], detailType, ...definedOnly({ detail }) };
    refuseLong(eventPattern, subject);
    this.rule = new Rule(this, 'Rule', {
      ...definedOnly({ ruleName }),
      description: description ?? `Sends state changes of ${what} of the seedkit ${seedkit} to ${name}`,
      eventBus: bus,
      eventPattern,
      targets: target === undefined ? [] : [target],
    });
  }
}

/** Returns the pattern of the event's detail; undefined if every event matches. */
function detailPattern({
  status,
  runTarget,
  labels,
  lock,
}: StateChangeFilters): Record<string, unknown> | undefined {
  const pattern = definedOnly({
    status,
    labels,
    lock,
    // A record can have a name and a target. The filter matches if either has the value.
    $or: runTarget && [{ name: runTarget }, { target: runTarget }],
  });
  return Object.keys(pattern).length === 0 ? undefined : pattern;
}

function refuseLong(pattern: object, subject: string): void {
  const { length } = JSON.stringify(pattern);
  if (length <= PATTERN_MAX_CHARACTERS) return;
  throw new CodeseederError(
    'InvalidRequest',
    `The ${subject} makes an event pattern of ${length} characters, and EventBridge accepts at most ${PATTERN_MAX_CHARACTERS}. Use fewer values, or divide them among rules.`,
  );
}
