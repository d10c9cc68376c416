import type { Seedkit } from '../seedkit-types.js';

/** Options of `localSeedkit()` and `startSharedSeedkit()`. */
export interface LocalSeedkitOptions {
  /**
   * Number of builds that run at the same time.
   * @default 4
   */
  readonly concurrency?: number;
  /**
   * Region that the local AWS reports.
   * @default 'us-east-1'
   */
  readonly region?: string;
  /**
   * Command of your own CDK app, such as `npx tsx my-app.ts`, to deploy all of its stacks. One of them is the seedkit.
   * @default a plain seedkit
   */
  readonly app?: string;
}

/** A seedkit in a local AWS that tests use. */
export interface LocalSeedkit {
  /** Name of the seedkit. */
  readonly name: string;
  /** A client of the seedkit. */
  readonly kit: Seedkit;
  /** `http://127.0.0.1:<port>`, for every service. */
  readonly endpoint: string;
  /**
   * The variables by which AWS SDKs, the AWS CLI and codeseeder use the local AWS. They are set in this process until
   * `close()`.
   */
  readonly environment: Readonly<Record<string, string>>;
  /** Outputs of the seedkit's stack: values by name, such as `RunTable`. */
  readonly outputs: Readonly<Record<string, string>>;
  /**
   * Restores the variables of this process. Stops the local AWS and removes its data, if this call started it.
   */
  close(): Promise<void>;
}
