import { z } from 'zod';

import type { JsonObject, ProvidedResource, ResourceProvider } from '../resources/resource-provider.js';
import { resourceName } from '../resources/resource-name.js';
import { checkInput } from '../wire/operation.js';
import { compileEventPattern } from './event-pattern.js';
import { name, NOT_CHECKED, tags } from './members.js';
import { busNameOf, DEFAULT_BUS, type RuleBook, type StoredRule } from './rule-book.js';
import type { RuleKeeper } from './rule-keeper.js';
import { parseSchedule } from './schedule-expression.js';
import { targetSchema } from './target.js';

const schema = z.strictObject({
  Name: name.optional(),
  EventBusName: z.string().optional(),
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Description: z.string().optional(),
  Targets: z.array(targetSchema).max(5).default([]),
  RoleArn: z.string().optional(),
  Tags: tags,
});

/** Provides `AWS::Events::Rule`. */
export function ruleProvider(book: RuleBook, keeper: RuleKeeper): ResourceProvider {
  const put = async (ruleName: string, properties: JsonObject): Promise<ProvidedResource> => {
    const rule = { ...readRule(properties), name: ruleName };
    await keeper.put(rule.busName, ruleName, () => rule);
    return {
      physicalId: rule.busName === DEFAULT_BUS ? ruleName : `${rule.busName}|${ruleName}`,
      attributes: { Arn: book.ruleArn(rule) },
    };
  };
  return {
    type: 'AWS::Events::Rule',
    modelled: Object.keys(schema.shape).filter((property) => property !== 'RoleArn'),
    harmless: { RoleArn: NOT_CHECKED },
    check: ({ properties }) => void readRule(properties),
    create: (request) => put(resourceName(request, 'Name', 64), request.properties),
    update: ({ physicalId }, request) =>
      put(resourceName(request, 'Name', 64, physicalId.split('|').at(-1)), request.properties),
    async delete({ physicalId }) {
      const [first = '', second] = physicalId.split('|');
      await keeper.remove(second === undefined ? DEFAULT_BUS : first, second ?? first);
    },
  };
}

function readRule(properties: JsonObject): Omit<StoredRule, 'name'> {
  const read = checkInput('AWS::Events::Rule', 'ValidationException', schema, properties);
  const eventPattern = read.EventPattern === undefined ? undefined : JSON.stringify(read.EventPattern);
  if (eventPattern !== undefined) compileEventPattern(eventPattern);
  if (read.ScheduleExpression !== undefined) parseSchedule(read.ScheduleExpression);
  return {
    busName: busNameOf(read.EventBusName),
    state: read.State,
    targets: read.Targets,
    eventPattern,
    scheduleExpression: read.ScheduleExpression,
    description: read.Description,
    roleArn: read.RoleArn,
    tags: read.Tags,
  };
}
