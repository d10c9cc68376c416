import type { BuildPhase } from '@aws-sdk/client-codebuild';

import type { EventSender } from '../ports.js';
import type { Wire, WireBuild } from './build-record.js';

export type BuildEvents = ReturnType<typeof createBuildEvents>;

/**
 * Sends events about builds to the default bus. As in CodeBuild, sending is not retried after a failure.
 * @param sender sends the events; if undefined, none are sent
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications-ref.html
 */
export function createBuildEvents(
  sender: EventSender | undefined,
  reportProblem: (problem: string, cause?: unknown) => void,
) {
  let sending: Promise<unknown> = Promise.resolve();
  function send(build: WireBuild, detailType: string, detail: object, recorded?: Promise<void>): void {
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
      .then(() => recorded)
      .then(() => sender.send(entry))
      .catch((error: unknown) => reportProblem(`No event for build ${build.id}.`, error));
  }
  return {
    stateChanged: (build: WireBuild) =>
      send(build, 'CodeBuild Build State Change', {
        'build-status': build.buildStatus,
        'current-phase': build.currentPhase,
        'current-phase-context': '[]',
      }),
    /**
     * Sends the event of a phase's end.
     * @param recorded resolves when the end of the phase is recorded; the event is sent then
     */
    phaseEnded: (build: WireBuild, phase: Wire<BuildPhase>, recorded: Promise<void>) =>
      send(
        build,
        'CodeBuild Build Phase Change',
        {
          'completed-phase': phase.phaseType,
          'completed-phase-status': phase.phaseStatus,
          'completed-phase-context': contextText(phase),
          'completed-phase-duration-seconds': phase.durationInSeconds,
          'completed-phase-start': eventTime(phase.startTime),
          'completed-phase-end': eventTime(phase.endTime),
        },
        recorded,
      ),
    /** Resolves when all events so far are sent. */
    settle: async () => void (await sending),
  };
}

function additionalInformation(build: WireBuild): object {
  const { logs } = build;
  return {
    artifact: { location: build.artifacts?.location ?? '' },
    environment: environmentInformation(build.environment),
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

/**
 * Returns a build's environment for events. As in CodeBuild, events do not contain the environment variables.
 */
function environmentInformation(environment: WireBuild['environment']): object {
  return {
    image: environment?.image,
    type: environment?.type,
    'compute-type': environment?.computeType,
    'privileged-mode': environment?.privilegedMode ?? false,
    'image-pull-credentials-type': environment?.imagePullCredentialsType,
    'environment-variables': [],
  };
}

function contextText(phase: Wire<BuildPhase>): string {
  const texts = (phase.contexts ?? []).map(({ statusCode, message }) => `${statusCode}: ${message}`);
  return `[${texts.join(', ')}]`;
}

/**
 * Formats times of events. It is created once, because creating it is slow and each phase of each event has two times.
 */
const EVENT_TIME = new Intl.DateTimeFormat('en-US', {
  timeZone: 'UTC',
  dateStyle: 'medium',
  timeStyle: 'medium',
});

/** Formats a time for events. @returns such as `Sep 1, 2017 4:12:29 PM` */
function eventTime(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : EVENT_TIME.format(seconds * 1000).replace(/\u202f/g, ' ');
}
