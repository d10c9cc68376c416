import type { ResourceEvent } from './stack-failure.js';

/** What the process that deploys is told. */
export interface ToolkitJob {
  readonly assemblyFolder: string;
  readonly region: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly changeSetName: string;
  /** Whether resources of the same names that an earlier stack retained are taken over. */
  readonly importsExisting: boolean;
}

export interface ToolkitCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs?: number;
}

export type ToParent =
  /** Asks for credentials: they may end before a deployment does. */
  | { readonly type: 'credentials' }
  /** The change set stands ready; asks whether it is to be executed. */
  | { readonly type: 'prepared' }
  | { readonly type: 'resource'; readonly event: ResourceEvent }
  | { readonly type: 'said'; readonly level: string; readonly text: string }
  | { readonly type: 'deployed'; readonly changed: boolean }
  /** The change set was not executed, as it was told. */
  | { readonly type: 'left' }
  | { readonly type: 'failed'; readonly message: string };

export type ToToolkit =
  | { readonly type: 'job'; readonly job: ToolkitJob }
  | { readonly type: 'credentials'; readonly credentials: ToolkitCredentials }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'decision'; readonly execute: boolean };
