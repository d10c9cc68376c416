import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';

export function machineArn({ partition, region, account }: PlaceContext, name: string): string {
  return `arn:${partition}:states:${region}:${account}:stateMachine:${name}`;
}

/**
 * Returns the ARN of an execution: the ARN of its state machine with `execution`, followed by the execution's name.
 */
export function executionArn(arnOfMachine: string, name: string): string {
  return `${arnOfMachine.replace(':stateMachine:', ':execution:')}:${name}`;
}

/**
 * Returns the state machine ARN that the child executions of a Map state report: that of their parent's machine, with
 * the label of the Map state.
 */
export function childMachineArn(arnOfMachine: string, label: string): string {
  return `${parentMachineArn(arnOfMachine)}/${label}`;
}

/** Returns the ARN of the state machine that defines the Map state of a child execution. */
export function parentMachineArn(arnOfMachine: string): string {
  return arnOfMachine.split('/')[0] ?? arnOfMachine;
}

/**
 * Returns the ARN of a map run.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html
 */
export function mapRunArn(arnOfChildMachine: string, id: string): string {
  return `${arnOfChildMachine.replace(':stateMachine:', ':mapRun:')}:${id}`;
}

/** Checks the ARN of a resource of the given kind. @throws AwsError `InvalidArn` */
export function checkArn(arn: string, kind: 'stateMachine' | 'execution' | 'mapRun'): string {
  const [prefix, , service, , , resource] = arn.split(':');
  if (prefix === 'arn' && service === 'states' && resource === kind) return arn;
  throw new AwsError('InvalidArn', `Invalid Arn: 'Invalid ARN for a ${kind}: ${arn}'`);
}

/**
 * Characters that names must not contain.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
const REFUSED_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/]|\p{Cc}/u;

/** Checks the name of a machine or execution. @throws AwsError `InvalidName` */
export function checkName(name: string): string {
  if (name.length >= 1 && name.length <= 80 && !REFUSED_IN_NAMES.test(name)) return name;
  throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
}
