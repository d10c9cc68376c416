/** Thrown when a build is stopped or times out. */
export class BuildInterruption extends Error {
  readonly status: 'STOPPED' | 'TIMED_OUT';
  /** Status code in the phase's context; empty if CodeBuild reports none. */
  readonly statusCode: string;

  constructor(status: 'STOPPED' | 'TIMED_OUT', statusCode: string, message: string) {
    super(message);
    this.name = 'BuildInterruption';
    this.status = status;
    this.statusCode = statusCode;
  }
}

export const stopped = (): BuildInterruption => new BuildInterruption('STOPPED', '', 'Build was stopped.');

export const timedOut = (): BuildInterruption =>
  new BuildInterruption('TIMED_OUT', 'BUILD_TIMED_OUT', 'Build has timed out. ');

export const placeClosed = (): BuildInterruption =>
  new BuildInterruption('STOPPED', 'PLACE_CLOSED', 'The local AWS was closed while the build ran.');
