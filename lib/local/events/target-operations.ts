import { z } from 'zod';

import { harmless, operation } from '../wire/operation.js';
import { pageMembers, pageOf } from './members.js';
import type { RuleBook } from './rule-book.js';
import type { RuleKeeper } from './rule-keeper.js';
import { targetSchema } from './target.js';

const ofRule = { Rule: z.string(), EventBusName: z.string().optional() };
const NONE_FAILED = { FailedEntryCount: 0, FailedEntries: [] };

/** Returns the operations on the targets of rules. */
export function targetOperations(book: RuleBook, keeper: RuleKeeper) {
  const busOf = (reference: string | undefined) => book.bus(reference).name;
  return {
    ListTargetsByRule: operation({ ...ofRule, ...pageMembers }, async (input) => {
      const { targets } = book.rule(busOf(input.EventBusName), input.Rule);
      const sorted = targets.toSorted((left, right) => (left.Id < right.Id ? -1 : 1));
      const { items, nextToken } = pageOf(sorted, ({ Id }) => Id, input);
      return { Targets: items, NextToken: nextToken };
    }),
    PutTargets: operation({ ...ofRule, Targets: z.array(targetSchema).min(1).max(100) }, async (input) => {
      await keeper.putTargets(busOf(input.EventBusName), input.Rule, input.Targets);
      return NONE_FAILED;
    }),
    RemoveTargets: operation(
      {
        ...ofRule,
        Ids: z.array(z.string()).min(1).max(100),
        Force: harmless(z.boolean(), 'there are no managed rules'),
      },
      async (input) => {
        await keeper.removeTargets(busOf(input.EventBusName), input.Rule, input.Ids);
        return NONE_FAILED;
      },
    ),
  };
}
