import { Pass } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

import {
  CONTRACT_VERSION,
  transitionOfActiveRun,
  type FailureCode,
  type RunChange,
  type TerminalStatus,
  type Trigger,
} from '../../contract/index.js';
import { AGE_MS, EXECUTION, jsonata, STATE_ENTERED_AT } from './jsonata.js';

/** JSONata expressions by the attribute of the record whose value they compute. */
type Expressions = Readonly<Record<string, string>>;

const STATUS: TerminalStatus = 'FAILED';
const CODE: FailureCode = 'ControlPlaneError';
const MESSAGE = '"The outcome of the run could not be collected: " & $caught.error';
/** A client may write any trigger into its request, so only one that `prepare-run` has checked is used. */
const UNPROVEN: Trigger = 'CLIENT';

/** The end of the run in its event. */
const END: Expressions = {
  status: JSON.stringify(STATUS),
  finishedAt: STATE_ENTERED_AT,
  durationMs: AGE_MS,
  failure: `{ "code": "${CODE}", "message": ${MESSAGE} }`,
};

/**
 * Replaces CollectOutcome if that fails: sets the variable `outcome` to a failure of the control plane, so that the end
 * of the run is still recorded and announced. The event and a record that it creates describe the run as PrepareRun and
 * StartBuild did. If PrepareRun failed, nothing in the request was checked, so nothing of it is used.
 */
export function assumeFailure(scope: Construct, seedkit: string, recordExpirationDays: number): Pass {
  return Pass.jsonata(scope, 'AssumeFailure', {
    assign: {
      outcome: {
        status: STATUS,
        error: CODE,
        cause: jsonata(MESSAGE),
        transition: transition(seedkit, recordExpirationDays),
        event: jsonata(event(seedkit)),
      },
    },
    outputs: {},
  });
}

function transition(seedkit: string, recordExpirationDays: number) {
  const end: Expressions = {
    status: `{ "S": "${STATUS}" }`,
    finishedAt: `{ "S": ${STATE_ENTERED_AT} }`,
    durationMs: `{ "N": $string(${AGE_MS}) }`,
    failure: `{ "M": { "code": { "S": "${CODE}" }, "message": { "S": ${MESSAGE} } } }`,
  };
  const startedAtSeconds = `$floor($toMillis(${EXECUTION.startedAt}) / 1000)`;
  const identity: Expressions = {
    seedkit: `{ "S": "${seedkit}" }`,
    executionArn: `{ "S": ${EXECUTION.arn} }`,
    queuedAt: `{ "S": ${EXECUTION.startedAt} }`,
    position: `{ "S": ${EXECUTION.startedAt} & "#" & ${EXECUTION.name} }`,
    day: `{ "S": $substring(${EXECUTION.startedAt}, 0, 10) }`,
    trigger: `$exists($prepared.item) ? $prepared.item.trigger : { "S": "${UNPROVEN}" }`,
    expiresAt: `{ "N": $string(${startedAtSeconds} + ${recordExpirationDays * 86_400}) }`,
  };
  const known: Expressions = { ...end, ...identity };
  const { values, UpdateExpression, ConditionExpression, ExpressionAttributeNames } = transitionOfActiveRun(
    // The record's entry in the index by facet is made from the status.
    { ...shapeOf(end), status: STATUS },
    shapeOf(identity),
  );
  const knownValues = Object.entries(values).map(
    ([name, value]) => `"${name}": ${known[name.slice(1)] ?? `{ "S": ${JSON.stringify(value)} }`}`,
  );
  const others = othersOf(['runId', ...Object.values(ExpressionAttributeNames)]);
  return {
    UpdateExpression: jsonata(
      `"SET " & $join(${others('"#" & $name & " = if_not_exists(#" & $name & ", :" & $name & "), "')}) & ${JSON.stringify(UpdateExpression.replace(/^SET /, ''))}`,
    ),
    ConditionExpression,
    ExpressionAttributeNames: jsonata(
      `$merge([${JSON.stringify(ExpressionAttributeNames)}, ${others('{ "#" & $name: $name }')}])`,
    ),
    ExpressionAttributeValues: jsonata(
      `$merge([{ ${knownValues.join(', ')} }, ${others('{ ":" & $name: $value }')}])`,
    ),
  };
}

/**
 * Returns a function that makes the expression of a list: `each` for every attribute of PrepareRun's record that is not
 * among `names`. The list is undefined if PrepareRun failed.
 */
function othersOf(names: readonly string[]): (each: string) => string {
  const others = `$sift($prepared.item, function($value, $name) { $not($name in ${JSON.stringify(names)}) })`;
  return (each) => `$each(${others}, function($value, $name) { ${each} })`;
}

/**
 * Returns attributes as a change of a record. Only their names are used, because the marshalled values are passed
 * separately.
 */
function shapeOf(attributes: Expressions): RunChange {
  return attributes;
}

/**
 * Later members of the merge replace earlier ones. A variable that was not set adds none. The phase that StartBuild
 * knew is left out, because the record has the latest one.
 */
function event(seedkit: string): string {
  const identity: Expressions = {
    version: String(CONTRACT_VERSION),
    runId: EXECUTION.name,
    seedkit: JSON.stringify(seedkit),
    executionArn: EXECUTION.arn,
    queuedAt: EXECUTION.startedAt,
    trigger: JSON.stringify(UNPROVEN),
  };
  const started = '$sift($started.event, function($value, $name) { $name != "phase" })';
  return `$merge([${objectOf(identity)}, $prepared.event, ${started}, ${objectOf(END)}])`;
}

function objectOf(expressions: Expressions): string {
  const members = Object.entries(expressions).map(([name, expression]) => `"${name}": ${expression}`);
  return `{ ${members.join(', ')} }`;
}
