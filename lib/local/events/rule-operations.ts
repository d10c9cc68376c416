import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';
import type { JsonOperation } from '../wire/json-service.js';
import { compileEventPattern } from './event-pattern.js';
import { pageOf } from './page.js';
import { parseInput } from './parse-input.js';
import { busNameOf, type RuleBook, type StoredRule } from './rule-book.js';
import type { RuleKeeper } from './rule-keeper.js';
import { parseTarget } from './target.js';

const page = { Limit: z.number().optional(), NextToken: z.string().optional() };
const named = { Name: z.string().regex(/^[.\-_A-Za-z0-9]{1,64}$/), EventBusName: z.string().optional() };
const ofRule = { Rule: z.string(), EventBusName: z.string().optional() };
const schemas = {
  put: z.strictObject({
    ...named,
    EventPattern: z.string().max(4096).optional(),
    ScheduleExpression: z.string().max(256).optional(),
    State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
    Description: z.string().max(512).optional(),
    RoleArn: z.string().optional(),
    Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).optional(),
  }),
  named: z.strictObject(named),
  delete: z.strictObject({ ...named, Force: z.boolean().optional() }),
  list: z.strictObject({ NamePrefix: z.string().optional(), EventBusName: z.string().optional(), ...page }),
  targets: z.strictObject({ ...ofRule, ...page }),
  byTarget: z.strictObject({ TargetArn: z.string(), EventBusName: z.string().optional(), ...page }),
  putTargets: z.strictObject({ ...ofRule, Targets: z.array(z.unknown()).min(1).max(100) }),
  removeTargets: z.strictObject({
    ...ofRule,
    Ids: z.array(z.string()).min(1).max(100),
    Force: z.boolean().optional(),
  }),
  test: z.strictObject({ EventPattern: z.string(), Event: z.string() }),
};

/** The operations on rules and their targets. */
export function ruleOperations(book: RuleBook, keeper: RuleKeeper): Record<string, JsonOperation> {
  const describe = ({ name, busName, ...rule }: StoredRule) => ({
    Name: name,
    Arn: book.ruleArn({ name, busName }),
    EventBusName: busName,
    State: rule.state,
    ...(rule.eventPattern === undefined ? {} : { EventPattern: rule.eventPattern }),
    ...(rule.scheduleExpression === undefined ? {} : { ScheduleExpression: rule.scheduleExpression }),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    ...(rule.roleArn === undefined ? {} : { RoleArn: rule.roleArn }),
  });
  const busOf = (reference: string | undefined) => book.bus(reference).name;
  const setState = (state: StoredRule['state']) => async (input: unknown) => {
    const { Name, EventBusName } = parseInput(schemas.named, input);
    await keeper.setState(busOf(EventBusName), Name, state);
    return {};
  };
  return {
    PutRule: async (input: unknown) => {
      const { Name, EventBusName, ...rest } = parseInput(schemas.put, input);
      const rule = { name: Name, busName: busOf(EventBusName) };
      await keeper.put({
        ...rule,
        state: rest.State,
        ...(rest.EventPattern === undefined ? {} : { eventPattern: rest.EventPattern }),
        ...(rest.ScheduleExpression === undefined ? {} : { scheduleExpression: rest.ScheduleExpression }),
        ...(rest.Description === undefined ? {} : { description: rest.Description }),
        ...(rest.RoleArn === undefined ? {} : { roleArn: rest.RoleArn }),
      });
      return { RuleArn: book.ruleArn(rule) };
    },
    EnableRule: setState('ENABLED'),
    DisableRule: setState('DISABLED'),
    DescribeRule: async (input: unknown) => {
      const { Name, EventBusName } = parseInput(schemas.named, input);
      return describe(book.rule(busOf(EventBusName), Name));
    },
    DeleteRule: async (input: unknown) => {
      const { Name, EventBusName } = parseInput(schemas.delete, input);
      const busName = busNameOf(EventBusName);
      if ((book.findRule(busName, Name)?.targets.length ?? 0) > 0) {
        throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
      }
      await keeper.remove(busName, Name);
      return {};
    },
    ListRules: async (input: unknown) => {
      const { NamePrefix = '', EventBusName, ...asked } = parseInput(schemas.list, input);
      const all = book.rules(busOf(EventBusName)).filter(({ name }) => name.startsWith(NamePrefix));
      const { items, ...more } = pageOf(all, asked);
      return { Rules: items.map(describe), ...more };
    },
    ListRuleNamesByTarget: async (input: unknown) => {
      const { TargetArn, EventBusName, ...asked } = parseInput(schemas.byTarget, input);
      const all = book
        .rules(busOf(EventBusName))
        .filter(({ targets }) => targets.some(({ Arn }) => Arn === TargetArn));
      const { items, ...more } = pageOf(all, asked);
      return { RuleNames: items.map(({ name }) => name), ...more };
    },
    ListTargetsByRule: async (input: unknown) => {
      const { Rule, EventBusName, ...asked } = parseInput(schemas.targets, input);
      const { targets } = book.rule(busOf(EventBusName), Rule);
      const byId = targets.map((target) => ({ name: target.Id, target }));
      const { items, ...more } = pageOf(
        byId.sort((one, other) => (one.name < other.name ? -1 : 1)),
        asked,
      );
      return { Targets: items.map(({ target }) => target), ...more };
    },
    PutTargets: async (input: unknown) => {
      const { Rule, EventBusName, Targets } = parseInput(schemas.putTargets, input);
      await keeper.putTargets(busOf(EventBusName), Rule, Targets.map(parseTarget));
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    RemoveTargets: async (input: unknown) => {
      const { Rule, EventBusName, Ids } = parseInput(schemas.removeTargets, input);
      const busName = busOf(EventBusName);
      const kept = book.rule(busName, Rule).targets.filter(({ Id }) => !Ids.includes(Id));
      await keeper.setTargets(busName, Rule, kept);
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    TestEventPattern: async (input: unknown) => {
      const { EventPattern, Event } = parseInput(schemas.test, input);
      return { Result: compileEventPattern(EventPattern)(parseEvent(Event)) };
    },
  };
}

const ENVELOPE = ['id', 'detail-type', 'source', 'account', 'time', 'region', 'resources'];

function parseEvent(text: string): object {
  try {
    const event: unknown = JSON.parse(text);
    if (typeof event === 'object' && event !== null && !Array.isArray(event)) {
      const missing = ENVELOPE.filter((name) => !Object.hasOwn(event, name));
      if (missing.length === 0) return event;
    }
  } catch {
    // Answered below, like any other text that is no event.
  }
  throw new AwsError('ValidationException', 'Parameter Event is not valid.');
}
