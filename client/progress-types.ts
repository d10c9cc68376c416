/** Progress of a run, as the client reports it. */
import type { RunStatus, TerminalStatus } from '../lib/contract/index.js';

/** One step of a run, reported to `onProgress` when it happens. `type` is the kind of step. */
export type ProgressEvent =
  /** Packing starts. */
  | { readonly type: 'packing' }
  /**
   * Reports code that may need something that is not in the bundle. `file` (a path) and `line` (counted from 1) are its
   * position in the source, if it is known.
   */
  | {
      readonly type: 'warning';
      readonly message: string;
      readonly file?: string | undefined;
      readonly line?: number | undefined;
    }
  /** Reports what one ignore pattern left out of one folder. `sizeBytes` is the sum of the files' sizes. */
  | {
      readonly type: 'leftOut';
      readonly folder: string;
      readonly pattern: string;
      readonly files: number;
      readonly sizeBytes: number;
    }
  /**
   * Packing ended. `digest` (SHA-256, hex) depends only on the content. Once the bundle is uploaded, later runs can use
   * it as `prebuiltBundle: 's3://<seedkit's bucket>/bundles/<digest>.json'`. `sizeBytes` counts uncompressed bytes. Not
   * sent for commands without files, which have no bundle.
   */
  | {
      readonly type: 'packed';
      readonly digest: string;
      readonly files: number;
      readonly sizeBytes: number;
      readonly layers: readonly PackedLayer[];
    }
  /** The upload of a layer starts. `key` is its key in the seedkit's bucket, `sizeBytes` the size of its zip. */
  | {
      readonly type: 'uploading';
      readonly layer: string;
      readonly key: string;
      readonly sizeBytes: number;
    }
  /** A layer is in the bucket. `alreadyPresent` is true if it was there before and nothing was sent. */
  | {
      readonly type: 'uploaded';
      readonly layer: string;
      readonly key: string;
      readonly alreadyPresent: boolean;
    }
  /** The run's execution started, or the client attached to the existing run of the same id. */
  | {
      readonly type: 'submitted';
      readonly runId: string;
      readonly executionArn: string;
      readonly consoleUrl: string;
    }
  /** The run's status changed. `reason` is CodeBuild's message while it has no capacity for the build. */
  | {
      readonly type: 'status';
      readonly runId: string;
      readonly status: RunStatus;
      readonly reason?: string | undefined;
    }
  /** The build entered a phase that its record shows, such as `INSTALL`. `phase` is CodeBuild's name of it. */
  | { readonly type: 'phase'; readonly runId: string; readonly phase: string }
  /** The run ended with `BundleMissing`. The client packs again and submits a new run that repeats this one. */
  | { readonly type: 'repeating'; readonly runId: string; readonly reason: string }
  /** The run ended with this status. */
  | { readonly type: 'finished'; readonly runId: string; readonly status: TerminalStatus };

/** A part of a bundle that is uploaded on its own, so that an unchanged part is not uploaded again. */
export interface PackedLayer {
  /** Name of the layer, such as `code`, `packages` or `dirs/app`. */
  readonly name: string;
  /** SHA-256 of the layer's content, in hexadecimal digits. */
  readonly digest: string;
  /** Number of files. */
  readonly files: number;
  /** Sum of the files' sizes in bytes, uncompressed. */
  readonly sizeBytes: number;
}

/** Receives progress events, in order. It must not throw. */
export type ProgressListener = (event: ProgressEvent) => void;
