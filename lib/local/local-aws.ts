import type { BuildIsolation } from './codebuild/build-isolation.js';
import type { Unpacking } from './codebuild/zip-source.js';
import type { Intercept } from './intercept.js';
import type { PlaceCredentials } from './place-context.js';
import type { QuotasOption } from './quotas/quotas.js';
import type { EventEntry } from './ports.js';

/** Options of `startLocalAws()`. */
export interface LocalAwsOptions {
  /**
   * Folder that keeps the data from one start to the next. It is created if missing, readable only by its owner, and
   * used by one process at a time.
   * @default a temporary folder that is removed on close
   */
  readonly dataFolder?: string;
  /** Port of 127.0.0.1. @default the last port of the data folder, if it is free, and otherwise a free port */
  readonly port?: number;
  /** Region to emulate. @default the region of the data folder; for a new one `us-east-1` */
  readonly region?: string;
  /** Account to emulate, 12 digits. @default the account of the data folder; for a new one `000000000000` */
  readonly account?: string;
  /** Maximum number of builds that run at the same time. Further builds wait in the queue. @default 4 */
  readonly buildConcurrency?: number;
  /**
   * Whether each build gets Linux namespaces of its own. With `namespaces`, a build has its own /tmp, /var/tmp,
   * /var/scripts, shared memory and processes, and sees only its own files of the data folder. If the system does not
   * allow namespaces, builds share those of the machine, and {@link LocalAws.buildIsolation} has the reason. With
   * `none`, builds always share them, for commands that fail in namespaces, such as `sudo`.
   * @default 'namespaces'
   */
  readonly buildIsolation?: BuildIsolation['kind'];
  /**
   * Request rates. With `aws`, calls are limited to the rates that AWS documents for an account in the region, before
   * any increase; with `aws-new-account`, to those of an account that was just created. A call over its rate fails
   * with the throttling error of its service, as in AWS.
   * @default 'none'
   * @see https://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html
   */
  readonly quotas?: QuotasOption;
  /**
   * How zips of builds' sources are unpacked. `exact` restores links and file modes. `plain` writes a link as a text
   * file and ignores modes: use it to test that a build does not need them, because AWS does not document whether
   * CodeBuild restores them.
   * @default 'exact'
   */
  readonly unpacking?: Unpacking;
  /**
   * Receives errors that are not returned to any caller, such as a failed delivery of an event to a rule's target.
   * @default errors are ignored
   */
  readonly onProblem?: (problem: string, cause?: unknown) => void;
  /** Receives each event that is put on a bus, before rules are applied. @default events are not observed */
  readonly onEvent?: (event: EventEntry) => void;
  /** Observes, delays, repeats or fails calls, in tests. @default every call is made once */
  readonly intercept?: Intercept;
}

/** A stack after its deployment. */
export interface DeployedStack {
  /** Name of the stack. */
  readonly stackName: string;
  /** Values by output name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** A running local AWS on 127.0.0.1. */
export interface LocalAws {
  /** `http://127.0.0.1:<port>`, for every service. */
  readonly endpoint: string;
  /** Port of 127.0.0.1. */
  readonly port: number;
  /** Emulated region. */
  readonly region: string;
  /** Emulated account, 12 digits. */
  readonly account: string;
  /** The credentials that requests must be signed with. They are created at the first start and kept with the data. */
  readonly credentials: PlaceCredentials;
  /** Whether builds have namespaces of their own. If not, `reason` says why. */
  readonly buildIsolation: BuildIsolation;
  /** Returns the environment variables by which an AWS SDK or the AWS CLI in a child process uses the local AWS. */
  environment(): Record<string, string>;
  /**
   * Creates or updates the stacks of a cloud assembly, such as the folder `cdk.out`, in dependency order. Skips
   * unchanged resources. Refuses an unsupported stack before it creates any of its resources; the stacks before it
   * stay deployed.
   *
   * @throws LocalAwsError `UnsupportedTemplate`, `InvalidTemplate`, `InvalidRequest`, `AssemblyUnreadable`; `StackBusy`
   *   while the stack is being changed; `StackFailed` with the reason when a resource failed and the stack was rolled
   *   back
   */
  deploy(assemblyFolder: string): Promise<readonly DeployedStack[]>;
  /**
   * Stops running builds, executions and functions, records the reason, and stops the local AWS. Keeps the data unless
   * its folder is temporary.
   */
  close(): Promise<void>;
}
