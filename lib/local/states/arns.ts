import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';

export function machineArn({ partition, region, account }: PlaceContext, name: string): string {
  return `arn:${partition}:states:${region}:${account}:stateMachine:${name}`;
}

/** Returns the ARN of an execution: its machine's ARN, followed by its own name. */
export function executionArn(arnOfMachine: string, name: string): string {
  return `${arnOfMachine.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** Returns the ARN of the children of a Map state: that of their machine with the label of the state. */
export function childMachineArn(arnOfMachine: string, label: string): string {
  return `${parentMachineArn(arnOfMachine)}/${label}`;
}

/** Returns the ARN of the parent machine for the ARN of children, which has the label of a Map state at its end. */
export function parentMachineArn(arnOfMachine: string): string {
  return arnOfMachine.split('/')[0] ?? arnOfMachine;
}

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html */
export function mapRunArn(arnOfChildMachine: string, id: string): string {
  return `${arnOfChildMachine.replace(':stateMachine:', ':mapRun:')}:${id}`;
}

/** Checks an ARN. @throws AwsError `InvalidArn` for any text that is not an ARN of this kind */
export function checkArn(arn: string, kind: 'stateMachine' | 'execution' | 'mapRun'): string {
  const [prefix, , service, , , resource] = arn.split(':');
  if (prefix === 'arn' && service === 'states' && resource === kind) return arn;
  throw new AwsError('InvalidArn', `Invalid Arn: 'Invalid ARN for a ${kind}: ${arn}'`);
}

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const REFUSED_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/]|\p{Cc}/u;

/** Checks the name of a machine or execution. @throws AwsError `InvalidName` */
export function checkName(name: string): string {
  if (name.length >= 1 && name.length <= 80 && !REFUSED_IN_NAMES.test(name)) return name;
  throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
}
