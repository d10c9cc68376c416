import type { AwsOptions } from './aws-options.js';

/** Format of a package: npm's or Python's. */
export type ModuleKind = 'npm' | 'python';

/** One step of publishing packages, reported to `onProgress` when it happens. `type` is the kind of step. */
export type ModuleEvent =
  /** A package is being built from the folder `directory`. */
  | {
      readonly type: 'building';
      readonly name: string;
      readonly kind: ModuleKind;
      readonly directory: string;
    }
  /** A package was built. `sizeBytes` is the size of its archive. */
  | { readonly type: 'built'; readonly name: string; readonly version: string; readonly sizeBytes: number }
  /** The repository had the same version. It was deleted and is published again. */
  | { readonly type: 'deleted'; readonly name: string; readonly version: string }
  /** A package was published. */
  | { readonly type: 'published'; readonly name: string; readonly version: string }
  /** npm or pip wrote a line of output while it built or published the package. */
  | { readonly type: 'output'; readonly name: string; readonly text: string };

/** Receives module events, in order. It must not throw. */
export type ModuleListener = (event: ModuleEvent) => void;

/** Packages to publish: a list of `package:folder`, or a map of package name to folder. */
export type LocalModules = readonly string[] | Readonly<Record<string, string>>;

/** Options of `deployModules`. */
export interface DeployModulesOptions {
  /**
   * Region, endpoint and credentials.
   * @default the AWS SDK's own configuration
   */
  readonly aws?: AwsOptions | undefined;
  /**
   * Receives module events.
   * @default progress is not reported
   */
  readonly onProgress?: ModuleListener | undefined;
  /**
   * Aborts building and publishing. Packages that are published already stay published.
   * @default publishing is not aborted
   */
  readonly signal?: AbortSignal | undefined;
}

/** A package that was published. */
export interface DeployedModule {
  /** Name of the package. */
  readonly name: string;
  /** Format of the package. */
  readonly kind: ModuleKind;
  /** Version of the package. */
  readonly version: string;
  /** Whether the same version was in the repository and was replaced. */
  readonly replaced: boolean;
}

/** Result of `deployModules`. */
export interface DeployModulesResult {
  /** Name of the CodeArtifact domain. */
  readonly domain: string;
  /** Name of the CodeArtifact repository. */
  readonly repository: string;
  /** The published packages, in the order of the argument. */
  readonly modules: readonly DeployedModule[];
}
