import type { DeployEvent, DeployListener } from '../../deploy-types.js';
import { fittedLines } from '../print-problem.js';
import { oneLine } from '../printable.js';
import { describeSpan } from '../../durations.js';
import { openStatusLine } from '../run/status-line.js';
import { isInteractive, type Marks, marksOf, printLine, type Terminal } from '../terminal.js';
import type { DeployDetail } from './deploy-flags.js';

/** Number of completed resources after which output that is no terminal gets a line. */
const STEP = 10;

/**
 * Shows a deployment or deletion on standard error while it runs. A terminal has a status line, and lines for failures
 * and for what is deleted. Other output has these lines, a line for each step, and one for every ten resources that are
 * done. With more detail, both have a line for each event.
 *
 * @param work gets the listener for the events
 */
export async function showDeployment<Result>(
  terminal: Terminal,
  detail: DeployDetail,
  work: (listener: DeployListener) => Promise<Result>,
): Promise<Result> {
  const { stderr } = terminal;
  if (detail !== 'progress') {
    return work((event) => {
      if (event.type !== 'message' || detail === 'messages') printLine(stderr, describeDeployEvent(event));
    });
  }
  const progress = new DeployProgress(marksOf(terminal));
  if (!isInteractive(terminal)) {
    return work((event) => {
      progress.onEvent(event);
      if (isStep(event) || isKept(event)) printLine(stderr, describeDeployEvent(event));
      else if (progress.reachesNextCount()) printLine(stderr, progress.text());
    });
  }
  const line = openStatusLine(terminal, (frame) => progress.textAt(frame));
  line.show();
  try {
    return await work((event) => {
      progress.onEvent(event);
      if (isKept(event))
        line.print(fittedLines(stderr, terminal.program, describeDeployEvent(event)).join('\n'));
    });
  } finally {
    line.hide();
  }
}

/** Returns whether an event stays visible on a terminal. */
function isKept(event: DeployEvent): boolean {
  if (event.type === 'resource') return /FAILED|ROLLBACK/.test(event.status);
  return /^(waiting|emptied|deleted|deletedPackages)$/.test(event.type);
}

/** Returns whether an event starts a step. */
function isStep({ type }: DeployEvent): boolean {
  return type === 'synthesizing' || type === 'deploying' || type === 'deleting';
}

/** Counts the resources that are done in the current step, and describes the progress. */
class DeployProgress {
  readonly #marks: Marks;
  readonly #startedAtMs = Date.now();
  readonly #completed = new Set<string>();
  #step = 'starting';
  /** The highest multiple of {@link STEP} that the current step has reached. */
  #reached = 0;
  #latest: string | undefined;

  constructor(marks: Marks) {
    this.#marks = marks;
  }

  get count(): number {
    return this.#completed.size;
  }

  onEvent(event: DeployEvent): void {
    if (event.type === 'message') return;
    if (event.type !== 'resource') {
      if (isStep(event)) {
        this.#completed.clear();
        this.#reached = 0;
      }
      this.#step = describeDeployEvent(event);
      return;
    }
    const { status, stackName, logicalId, resourceType } = event;
    if (resourceType === 'AWS::CloudFormation::Stack') return;
    if (status.endsWith('_COMPLETE')) this.#completed.add(`${stackName} ${logicalId}`);
    else this.#completed.delete(`${stackName} ${logicalId}`);
    this.#latest = `${resourceType} ${logicalId}`;
  }

  /**
   * Returns whether another ten resources are done, once for each ten: a resource that is changed again, such as in the
   * cleanup after an update, is done a second time.
   */
  reachesNextCount(): boolean {
    if (this.count < this.#reached + STEP) return false;
    this.#reached += STEP;
    return true;
  }

  textAt(frame: number): string {
    const { frames } = this.#marks;
    return `${frames[frame % frames.length]} ${this.text()}`;
  }

  text(): string {
    const { count } = this;
    const resources = count === 0 ? undefined : `${count} ${count === 1 ? 'resource' : 'resources'} done`;
    const parts = [this.#step, describeSpan(Date.now() - this.#startedAtMs), resources, this.#latest];
    return oneLine(parts.filter((part) => part !== undefined).join(this.#marks.separator));
  }
}

/** Describes an event in one line. */
function describeDeployEvent(event: DeployEvent): string {
  switch (event.type) {
    case 'synthesizing':
      return 'synthesizing the seedkit';
    case 'deploying':
      return `deploying the stack ${event.stackName}`;
    case 'deleting':
      return `deleting the stack ${event.stackName}`;
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
    case 'deletedPackages':
      return `deleted the CodeArtifact domain ${event.domain}`;
    case 'message':
      return `${event.level}: ${event.text}`;
  }
}
