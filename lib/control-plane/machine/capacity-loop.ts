import { Choice, Condition, Wait, WaitTime, type IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

import { CAPACITY_WAIT } from '../../contract/index.js';
import { AGE_MS, jsonata } from './jsonata.js';

/**
 * Whole seconds between two attempts to start a build. The interval grows with the time waited. Eight hours of attempts
 * and the longest build together stay far below the limit of 25,000 history events.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const WAIT_SECONDS = `$max([${CAPACITY_WAIT.minSeconds}, $min([${CAPACITY_WAIT.maxSeconds}, $floor((${AGE_MS}) / 1000 * ${CAPACITY_WAIT.shareOfAge})])])`;

/**
 * Waits for capacity until the queue deadline of the run. It is a loop of states, because the fields of a Retry are
 * literals and the deadline is part of the request.
 *
 * @param outOfTime the next state after the deadline; it finds CodeBuild's error in the variable `caught`
 * @returns the state to enter if CodeBuild has no capacity, with the error in the variable `caught`
 */
export function capacityLoop(scope: Construct, tryAgain: IChainable, outOfTime: IChainable): Choice {
  const waitForCapacity = Wait.jsonata(scope, 'WaitForCapacity', {
    time: WaitTime.seconds(jsonata(WAIT_SECONDS)),
    // Removes the caught error, because a lack of capacity must not end the run.
    assign: { caught: jsonata('null') },
    outputs: {},
  });
  waitForCapacity.next(tryAgain);
  return Choice.jsonata(scope, 'HasQueueTimeLeft', { outputs: {} })
    .when(Condition.jsonata(jsonata('$millis() < $toMillis($prepared.queueDeadline)')), waitForCapacity)
    .otherwise(outOfTime);
}
