import { Pass } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

import {
  TRIGGERS,
  transitionOfActiveRun,
  type FailureCode,
  type RunChange,
  type TerminalStatus,
} from '../../contract/index.js';
import { AGE_MS, EXECUTION, jsonata, STATE_ENTERED_AT } from './jsonata.js';

const STATUS: TerminalStatus = 'FAILED';
const CODE: FailureCode = 'ControlPlaneError';
const MESSAGE = '"The outcome of the run could not be collected: " & $caught.error';
/** The request may not have been validated, so an unknown trigger is not used. */
const TRIGGER = `$exists(${EXECUTION.input}.trigger) and ${EXECUTION.input}.trigger in ${JSON.stringify(TRIGGERS)} ? ${EXECUTION.input}.trigger : "${TRIGGERS[0]}"`;

/**
 * Replaces CollectOutcome if that fails: sets the variable `outcome` to a failure of the control plane, so that the end
 * of the run is still recorded and announced.
 */
export function assumeFailure(scope: Construct, seedkit: string, recordExpirationDays: number): Pass {
  return Pass.jsonata(scope, 'AssumeFailure', {
    assign: {
      outcome: {
        status: STATUS,
        error: CODE,
        cause: jsonata(MESSAGE),
        transition: transition(seedkit, recordExpirationDays),
        event: event(seedkit),
      },
    },
    outputs: {},
  });
}

function transition(seedkit: string, recordExpirationDays: number) {
  const end = {
    status: { S: STATUS },
    finishedAt: { S: jsonata(STATE_ENTERED_AT) },
    durationMs: { N: jsonata(`$string(${AGE_MS})`) },
    failure: { M: { code: { S: CODE }, message: { S: jsonata(MESSAGE) } } },
  };
  const identity = {
    seedkit: { S: seedkit },
    executionArn: { S: jsonata(EXECUTION.arn) },
    queuedAt: { S: jsonata(EXECUTION.startedAt) },
    day: { S: jsonata(`$substring(${EXECUTION.startedAt}, 0, 10)`) },
    trigger: { S: jsonata(TRIGGER) },
    expiresAt: { N: jsonata(`$string($floor($millis() / 1000) + ${recordExpirationDays * 86_400})`) },
  };
  const attributes: Record<string, unknown> = { ...end, ...identity };
  const { values, ...expressions } = transitionOfActiveRun(shapeOf(end), shapeOf(identity));
  return {
    ...expressions,
    ExpressionAttributeValues: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, attributes[name.slice(1)] ?? { S: value }]),
    ),
  };
}

/**
 * Returns attributes as a change of a record. Only their names are used, because the marshalled values are passed
 * separately.
 */
function shapeOf(attributes: Partial<Record<keyof RunChange, unknown>>): RunChange {
  return attributes as RunChange;
}

function event(seedkit: string) {
  return {
    version: 1,
    runId: jsonata(EXECUTION.name),
    status: STATUS,
    seedkit,
    executionArn: jsonata(EXECUTION.arn),
    queuedAt: jsonata(EXECUTION.startedAt),
    finishedAt: jsonata(STATE_ENTERED_AT),
    durationMs: jsonata(AGE_MS),
    trigger: jsonata(TRIGGER),
    failure: { code: CODE, message: jsonata(MESSAGE) },
  };
}
