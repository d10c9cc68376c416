import { z } from 'zod';

import { harmless, operation } from '../wire/operation.js';
import { compileEventPattern } from './event-pattern.js';
import { invalid, name, pageMembers, pageOf, tags } from './members.js';
import { busNameOf, type RuleBook, type StoredRule } from './rule-book.js';
import type { RuleKeeper } from './rule-keeper.js';

const EventBusName = z.string().optional();
const NamePrefix = z.string().default('');
const named = { Name: name, EventBusName };

/** Returns the operations on rules. */
export function ruleOperations(book: RuleBook, keeper: RuleKeeper) {
  const busOf = (reference: string | undefined) => book.bus(reference).name;
  const setState = (state: StoredRule['state']) =>
    operation(named, (input) => keeper.setState(busOf(input.EventBusName), input.Name, state));
  return {
    PutRule: operation(
      {
        ...named,
        EventPattern: z.string().max(4096).optional(),
        ScheduleExpression: z.string().max(256).optional(),
        State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
        Description: z.string().max(512).optional(),
        RoleArn: z.string().optional(),
        Tags: tags,
      },
      async (input) => {
        const rule = { name: input.Name, busName: busOf(input.EventBusName) };
        await keeper.put(rule.busName, rule.name, (known) => ({
          ...rule,
          state: input.State,
          eventPattern: input.EventPattern,
          scheduleExpression: input.ScheduleExpression,
          description: input.Description,
          roleArn: input.RoleArn,
          // An existing rule keeps its tags: EventBridge ignores tags in a request that changes a rule.
          tags: (known ?? { tags: input.Tags }).tags,
          targets: known?.targets ?? [],
        }));
        return { RuleArn: book.ruleArn(rule) };
      },
    ),
    EnableRule: setState('ENABLED'),
    DisableRule: setState('DISABLED'),
    DescribeRule: operation(named, async (input) =>
      describeRule(book, book.rule(busOf(input.EventBusName), input.Name)),
    ),
    DeleteRule: operation(
      { ...named, Force: harmless(z.boolean(), 'there are no managed rules') },
      async (input) => {
        await keeper.remove(busNameOf(input.EventBusName), input.Name, ({ targets }) => {
          if (targets.length > 0) throw invalid("Rule can't be deleted since it has targets.");
        });
      },
    ),
    ...ruleListOperations(book),
  };
}

/** Returns the operations that list rules and test event patterns. */
function ruleListOperations(book: RuleBook) {
  return {
    ListRules: operation({ NamePrefix, EventBusName, ...pageMembers }, async (input) => {
      const rules = book
        .rules(book.bus(input.EventBusName).name)
        .filter((rule) => rule.name.startsWith(input.NamePrefix));
      const { items, nextToken } = pageOf(rules, (rule) => rule.name, input);
      return { Rules: items.map((rule) => describeRule(book, rule)), NextToken: nextToken };
    }),
    ListRuleNamesByTarget: operation(
      { TargetArn: z.string(), EventBusName, ...pageMembers },
      async (input) => {
        const rules = book
          .rules(book.bus(input.EventBusName).name)
          .filter(({ targets }) => targets.some(({ Arn }) => Arn === input.TargetArn));
        const { items, nextToken } = pageOf(rules, (rule) => rule.name, input);
        return { RuleNames: items.map((rule) => rule.name), NextToken: nextToken };
      },
    ),
    TestEventPattern: operation({ EventPattern: z.string(), Event: z.string() }, async (input) => {
      const event = parseEvent(input.Event);
      return { Result: compileEventPattern(input.EventPattern)(event) };
    }),
  };
}

function describeRule(book: RuleBook, rule: StoredRule) {
  return {
    Name: rule.name,
    Arn: book.ruleArn(rule),
    EventBusName: rule.busName,
    State: rule.state,
    EventPattern: rule.eventPattern,
    ScheduleExpression: rule.scheduleExpression,
    Description: rule.description,
    RoleArn: rule.roleArn,
  };
}

const ENVELOPE = ['id', 'detail-type', 'source', 'account', 'time', 'region'];

function parseEvent(text: string): object {
  try {
    const event: unknown = JSON.parse(text);
    if (typeof event === 'object' && event !== null && !Array.isArray(event)) {
      const missing = ENVELOPE.filter((member) => !Object.hasOwn(event, member));
      if (missing.length === 0) return event;
    }
  } catch {
    // Invalid JSON is refused below with the same error as JSON that is not an event.
  }
  throw invalid('Parameter Event is not valid.');
}
