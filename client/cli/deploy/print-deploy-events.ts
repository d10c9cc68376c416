import type { DeployEvent, DeployListener } from '../../deploy-types.js';
import { printLine, type Terminal } from '../terminal.js';

/**
 * Prints a line for each event on standard error.
 * @param debug whether to print the CDK's messages, too
 */
export function printDeployEvents({ stderr }: Terminal, debug: boolean): DeployListener {
  return (event) => {
    if (event.type !== 'message' || debug) printLine(stderr, describeDeployEvent(event));
  };
}

/** Describes an event in one line. */
export function describeDeployEvent(event: DeployEvent): string {
  switch (event.type) {
    case 'synthesizing':
      return 'synthesizing the seedkit';
    case 'deploying':
      return `deploying the stack ${event.stackName}`;
    case 'waiting':
      return `waiting: the stack ${event.stackName} is ${event.status}`;
    case 'resource': {
      const reason = event.reason === undefined ? '' : `: ${event.reason}`;
      return `${event.status.padEnd(20)} ${event.resourceType} ${event.logicalId}${reason}`;
    }
    case 'emptied':
      return `emptied the bucket ${event.bucket}: ${event.objects} objects`;
    case 'deleted':
      return `deleted the table ${event.table}`;
    case 'message':
      return `${event.level}: ${event.text}`;
  }
}
