import { Choice, Condition, Wait, WaitTime, type IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

import { CAPACITY_WAIT } from '../../contract/index.js';
import { AGE_MS, jsonata } from './jsonata.js';

/**
 * Whole seconds between two tries for a build. They grow with the time waited: soon at first, and rare enough later
 * for eight hours of tries before the longest build to stay far below the history's limit.
 */
const WAIT_SECONDS = `$max([${CAPACITY_WAIT.minSeconds}, $min([${CAPACITY_WAIT.maxSeconds}, $floor((${AGE_MS}) / 1000 * ${CAPACITY_WAIT.shareOfAge})])])`;

/**
 * Waits for capacity, up to the queue deadline of the run. A loop of states, because the fields of a Retry are
 * literals while the deadline is the request's.
 *
 * @param outOfTime takes what CodeBuild said from the variable `caught`
 * @returns the state to go to when CodeBuild has no capacity, which is in the variable `caught`
 */
export function capacityLoop(scope: Construct, tryAgain: IChainable, outOfTime: IChainable): Choice {
  const waitForCapacity = Wait.jsonata(scope, 'WaitForCapacity', {
    time: WaitTime.seconds(jsonata(WAIT_SECONDS)),
    // What was caught is no reason to end the run while it waits.
    assign: { caught: jsonata('null') },
    outputs: {},
  });
  waitForCapacity.next(tryAgain);
  return Choice.jsonata(scope, 'HasQueueTimeLeft', { outputs: {} })
    .when(Condition.jsonata(jsonata('$millis() < $toMillis($prepared.queueDeadline)')), waitForCapacity)
    .otherwise(outOfTime);
}
