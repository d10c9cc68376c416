import type { Build, BuildPhase, ProjectArtifacts } from '@aws-sdk/client-codebuild';

import type { ProcessGroup } from './process-group.js';

/** A shape of the API as it goes over the wire: dates are epoch seconds. */
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

/** What the place keeps of a build. */
export interface BuildRecord {
  readonly build: WireBuild;
  /** As asked for; the build itself shows only where they go. */
  readonly artifacts: ProjectArtifacts;
  /** The caller's token and a digest of what came with it. */
  readonly idempotency?: { readonly token: string; readonly digest: string };
  /** While its processes may run. */
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

/** Epoch seconds with the milliseconds behind the point. */
export function toSeconds(milliseconds: number): number {
  return milliseconds / 1000;
}
