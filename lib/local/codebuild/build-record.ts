import type { Build, BuildPhase, ProjectArtifacts } from '@aws-sdk/client-codebuild';

import type { ProcessGroup } from './process-group.js';

/** A type of the API in the form in which it is sent: dates are epoch seconds. */
export type Wire<T> = T extends Date
  ? number
  : T extends readonly (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { -readonly [Key in keyof T]: Wire<T[Key]> }
      : T;

export type WireBuild = Wire<Build> & {
  id: string;
  arn: string;
  projectName: string;
  buildNumber: number;
  startTime: number;
  phases: Wire<BuildPhase>[];
  timeoutInMinutes: number;
  queuedTimeoutInMinutes: number;
};

/** A build as it is stored. */
export interface BuildRecord {
  readonly build: WireBuild;
  /** The artifact settings of the request. BatchGetBuilds returns only the location. */
  readonly artifacts: ProjectArtifacts;
  /** Absent in builds of earlier versions. */
  readonly secondaryArtifacts?: readonly ProjectArtifacts[] | undefined;
  /** The idempotency token of the request, and a digest of its other parameters. */
  readonly idempotency?: { readonly token: string; readonly digest: string } | undefined;
  /** Recorded while processes of the build may be running. */
  processGroup?: ProcessGroup;
}

export const PHASES = [
  'SUBMITTED',
  'QUEUED',
  'PROVISIONING',
  'DOWNLOAD_SOURCE',
  'INSTALL',
  'PRE_BUILD',
  'BUILD',
  'POST_BUILD',
  'UPLOAD_ARTIFACTS',
  'FINALIZING',
  'COMPLETED',
] as const;
export type PhaseName = (typeof PHASES)[number];
export type PhaseStatus = 'SUCCEEDED' | 'FAILED' | 'FAULT' | 'TIMED_OUT' | 'STOPPED';

/** Returns epoch seconds, with milliseconds as decimals. */
export function toSeconds(milliseconds: number): number {
  return milliseconds / 1000;
}
