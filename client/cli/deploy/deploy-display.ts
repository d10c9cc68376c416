import type { DeployEvent, DeployListener } from '../../deploy-types.js';
import { oneLine } from '../printable.js';
import { describeSpan } from '../run/spans.js';
import { openStatusLine } from '../run/status-line.js';
import { isInteractive, type Marks, marksOf, printLine, type Terminal } from '../terminal.js';

/**
 * Shows a deployment or deletion on standard error while it runs. A terminal has a status line, and lines for failures
 * and for what is deleted; other output has a line for each event.
 *
 * @param debug whether to print each event, and the CDK's messages, too
 * @param work gets the listener for the events
 */
export async function showDeployment<Result>(
  terminal: Terminal,
  debug: boolean,
  work: (listener: DeployListener) => Promise<Result>,
): Promise<Result> {
  const { stderr } = terminal;
  if (debug || !isInteractive(terminal)) {
    return work((event) => {
      if (event.type !== 'message' || debug) printLine(stderr, describeDeployEvent(event));
    });
  }
  const progress = new DeployProgress(marksOf(terminal));
  const line = openStatusLine(terminal, (frame) => progress.textAt(frame));
  line.show();
  try {
    return await work((event) => {
      progress.onEvent(event);
      if (isKept(event)) line.print(describeDeployEvent(event));
    });
  } finally {
    line.hide();
  }
}

/** Returns whether an event stays visible on a terminal. */
function isKept(event: DeployEvent): boolean {
  if (event.type === 'resource') return /FAILED|ROLLBACK/.test(event.status);
  return event.type === 'waiting' || event.type === 'emptied' || event.type === 'deleted';
}

/** Text of the status line. */
class DeployProgress {
  readonly #marks: Marks;
  readonly #startedAtMs = Date.now();
  readonly #completed = new Set<string>();
  #step = 'starting';
  #latest: string | undefined;

  constructor(marks: Marks) {
    this.#marks = marks;
  }

  onEvent(event: DeployEvent): void {
    if (event.type === 'message') return;
    if (event.type !== 'resource') {
      this.#step = describeDeployEvent(event);
      return;
    }
    const { status, stackName, logicalId, resourceType } = event;
    if (resourceType === 'AWS::CloudFormation::Stack') return;
    if (status.endsWith('_COMPLETE')) this.#completed.add(`${stackName} ${logicalId}`);
    else this.#completed.delete(`${stackName} ${logicalId}`);
    this.#latest = `${resourceType} ${logicalId}`;
  }

  textAt(frame: number): string {
    const { frames, separator } = this.#marks;
    const count = this.#completed.size;
    const resources = count === 0 ? undefined : `${count} ${count === 1 ? 'resource' : 'resources'} done`;
    const parts = [this.#step, describeSpan(Date.now() - this.#startedAtMs), resources, this.#latest];
    const text = parts.filter((part) => part !== undefined).join(separator);
    return `${frames[frame % frames.length]} ${oneLine(text)}`;
  }
}

/** Describes an event in one line. */
function describeDeployEvent(event: DeployEvent): string {
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
