import type { BuildPhase } from '@aws-sdk/client-codebuild';

import type { EventSender } from '../ports.js';
import type { Wire, WireBuild } from './build-record.js';

/** Announces builds on the default bus, best effort like the service. */
export interface BuildEvents {
  stateChanged(build: WireBuild): void;
  phaseEnded(build: WireBuild, phase: Wire<BuildPhase>): void;
  /** Returns when what was announced so far is sent. */
  settle(): Promise<void>;
}

/**
 * @param sender nothing is announced without one
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications-ref.html
 */
export function createBuildEvents(
  sender: EventSender | undefined,
  reportProblem: (problem: string, cause?: unknown) => void,
): BuildEvents {
  let sending: Promise<unknown> = Promise.resolve();
  function send(build: WireBuild, detailType: string, detail: object): void {
    if (sender === undefined) return;
    const entry = {
      source: 'aws.codebuild',
      detailType,
      resources: [build.arn],
      detail: JSON.stringify({
        'build-id': build.arn,
        'project-name': build.projectName,
        'additional-information': additionalInformation(build),
        ...detail,
        version: '1',
      }),
    };
    sending = sending
      .then(() => sender.send(entry))
      .catch((error: unknown) => reportProblem(`No event for build ${build.id}.`, error));
  }
  return {
    stateChanged: (build) =>
      send(build, 'CodeBuild Build State Change', {
        'build-status': build.buildStatus,
        'current-phase': build.currentPhase,
        'current-phase-context': '[]',
      }),
    phaseEnded: (build, phase) =>
      send(build, 'CodeBuild Build Phase Change', {
        'completed-phase': phase.phaseType,
        'completed-phase-status': phase.phaseStatus,
        'completed-phase-context': contextText(phase),
        'completed-phase-duration-seconds': phase.durationInSeconds,
        'completed-phase-start': eventTime(phase.startTime),
        'completed-phase-end': eventTime(phase.endTime),
      }),
    async settle() {
      await sending;
    },
  };
}

/** The environment's variables stay out, as they do in events of the service. */
function additionalInformation(build: WireBuild): object {
  const { environment, logs } = build;
  return {
    artifact: { location: build.artifacts?.location ?? '' },
    environment: {
      image: environment?.image,
      type: environment?.type,
      'compute-type': environment?.computeType,
      'privileged-mode': environment?.privilegedMode ?? false,
      'image-pull-credentials-type': environment?.imagePullCredentialsType,
      'environment-variables': [],
    },
    'timeout-in-minutes': build.timeoutInMinutes,
    'queued-timeout-in-minutes': build.queuedTimeoutInMinutes,
    'build-complete': build.buildComplete,
    'build-number': build.buildNumber,
    initiator: build.initiator,
    'build-start-time': eventTime(build.startTime),
    source: { type: build.source?.type, location: build.source?.location },
    logs: {
      'group-name': logs?.groupName,
      'stream-name': logs?.streamName,
      'deep-link': logs?.deepLink,
    },
    phases: build.phases.map((phase) => ({
      'phase-type': phase.phaseType,
      'phase-context': contextText(phase),
      'phase-status': phase.phaseStatus,
      'start-time': eventTime(phase.startTime),
      'end-time': eventTime(phase.endTime),
      'duration-in-seconds': phase.durationInSeconds,
    })),
  };
}

function contextText(phase: Wire<BuildPhase>): string {
  const texts = (phase.contexts ?? []).map(({ statusCode, message }) => `${statusCode}: ${message}`);
  return `[${texts.join(', ')}]`;
}

/** Made once: it is costly to make, and each phase of each event has two times. */
const EVENT_TIME = new Intl.DateTimeFormat('en-US', {
  timeZone: 'UTC',
  dateStyle: 'medium',
  timeStyle: 'medium',
});

/** @returns such as `Sep 1, 2017 4:12:29 PM` */
function eventTime(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : EVENT_TIME.format(seconds * 1000).replace(/\u202f/g, ' ');
}
