import type { AwsOptions } from './aws-options.js';

export type ModuleKind = 'npm' | 'python';

/** One thing that happened while packages were deployed. */
export type ModuleEvent =
  | {
      readonly type: 'building';
      readonly name: string;
      readonly kind: ModuleKind;
      readonly directory: string;
    }
  | { readonly type: 'built'; readonly name: string; readonly version: string; readonly sizeBytes: number }
  /** The version was in the repository and is deleted, to be published anew. */
  | { readonly type: 'deleted'; readonly name: string; readonly version: string }
  | { readonly type: 'published'; readonly name: string; readonly version: string }
  /** What npm or pip says by the way. */
  | { readonly type: 'said'; readonly name: string; readonly text: string };
export type ModuleListener = (event: ModuleEvent) => void;

/** Packages to deploy: `package:folder` each, or folders by the package's name. */
export type LocalModules = readonly string[] | Readonly<Record<string, string>>;

export interface DeployModulesOptions {
  /** Where to find AWS, and as whom. @default what the AWS SDK finds by itself */
  readonly aws?: AwsOptions;
  readonly onProgress?: ModuleListener;
  /** Ends it between two packages; what is published stays. */
  readonly signal?: AbortSignal;
}

/** A package as it is in the repository now. */
export interface DeployedModule {
  readonly name: string;
  readonly kind: ModuleKind;
  readonly version: string;
  /** Whether it took the place of the same version. */
  readonly replaced: boolean;
}

export interface DeployModulesResult {
  readonly domain: string;
  readonly repository: string;
  /** In the order they were given. */
  readonly modules: readonly DeployedModule[];
}
