import type { ResourceEvent } from './stack-failure.js';

/** The job of the process that deploys. */
export interface ToolkitJob {
  readonly assemblyFolder: string;
  readonly region: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly changeSetName: string;
  /** Whether the stack takes over resources that an earlier stack of the same name retained. */
  readonly importsExisting: boolean;
}

/** Credentials in a form that can be sent between processes. */
export interface ToolkitCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs?: number | undefined;
}

/** Messages of the process that deploys. */
export type ToParent =
  /** Asks for credentials. It is sent again when they expire during a deployment. */
  | { readonly type: 'credentials' }
  /** The change set is ready. Asks whether to execute it. */
  | { readonly type: 'prepared' }
  | { readonly type: 'resource'; readonly event: ResourceEvent }
  | { readonly type: 'message'; readonly level: string; readonly text: string }
  | { readonly type: 'deployed'; readonly changed: boolean }
  /** The change set was not executed, as decided. */
  | { readonly type: 'left' }
  | { readonly type: 'failed'; readonly message: string };

/** Messages to the process that deploys. */
export type ToToolkit =
  | { readonly type: 'job'; readonly job: ToolkitJob }
  | { readonly type: 'credentials'; readonly credentials: ToolkitCredentials }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'decision'; readonly execute: boolean };
