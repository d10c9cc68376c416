import type { ResourceEvent } from './stack-failure.js';

/** What the process that deploys does with an assembly. */
interface ToolkitWork {
  readonly region: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly changeSetName: string;
  /** Role that CloudFormation uses. */
  readonly roleArn?: string | undefined;
  /** Whether the stack takes over resources that an earlier stack of the same name retained. */
  readonly importsExisting: boolean;
}

/** The job of the process that deploys an assembly. */
interface AssemblyJob extends ToolkitWork {
  readonly assemblyFolder: string;
}

/** The job of the process that synthesizes an app first. */
interface AppJob extends ToolkitWork {
  /** Command that runs the app. */
  readonly app: string;
  /** Folder of the assembly. */
  readonly outputFolder: string;
}

/** The job of the process that deploys. */
export type ToolkitJob = AssemblyJob | AppJob;

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
  /** Asks for credentials. Sent again when the credentials expire during a deployment. */
  | { readonly type: 'credentials' }
  /** The app is synthesized. Asks whether to deploy its stacks. */
  | { readonly type: 'synthesized'; readonly stackNames: readonly string[] }
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
