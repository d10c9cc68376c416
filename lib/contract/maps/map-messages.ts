/** Inputs and outputs of the handler `drive-map`, which the state machine of maps calls. */
import { z } from 'zod';

import { marshalledTransitionSchema } from '../handler-messages.js';
import { parseWith } from '../parse.js';
import { mapStateChangeSchema } from './map-event.js';
import { mapIdSchema } from '../map-id.js';
import { mapRequestSchema, ON_ERROR } from './map-request.js';

const execution = {
  executionName: z.string(),
  executionArn: z.string(),
  /** Time in ISO 8601. */
  executionStartedAt: z.string(),
  /** The unchecked input of the execution of the map. */
  request: z.unknown(),
};

/** Input of a child execution: data of its map, and a line of the file of inputs. */
export const mapItemSchema = z.object({
  request: mapRequestSchema,
  onError: z.enum(ON_ERROR),
  /** A line of the file of inputs, unchecked. */
  input: z.unknown(),
});
export type MapItem = z.infer<typeof mapItemSchema>;

/** Input of the handler. */
export const driveMapInputSchema = z.discriminatedUnion('step', [
  z.object({ step: z.literal('PrepareMap'), ...execution }),
  z.object({ step: z.literal('PrepareInput'), item: z.unknown() }),
  z.object({
    step: z.literal('CollectMap'),
    ...execution,
    /** The error because of which the children ended early or the map was refused; null if there was none. */
    caught: z.object({ error: z.string(), cause: z.string() }).nullable(),
  }),
]);
export type DriveMapInput = z.infer<typeof driveMapInputSchema>;

/** Parses the input of the handler. @throws CodeseederError `InvalidRequest` */
export const parseDriveMapInput = (value: unknown) =>
  parseWith(driveMapInputSchema, value, 'drive-map input');
/** Parses the input of a child execution. @throws CodeseederError `InvalidRequest` */
export const parseMapItem = (value: unknown) => parseWith(mapItemSchema, value, 'item of a map');

/** Output of PrepareMap. */
export interface PreparedMap {
  /** The record to store, marshalled. */
  readonly item: Record<string, unknown>;
  /** Detail of the event that announces that the map is running. */
  readonly event: Record<string, unknown>;
  readonly inputsKey: string;
  readonly childrenPrefix: string;
  readonly concurrency: number;
  readonly onError: z.infer<typeof mapItemSchema>['onError'];
}

/** Output of PrepareInput. */
export interface PreparedInput {
  /**
   * `RUN`: start the run. `WAIT`: the map was canceled or stopped, so start no run, and check again while other runs
   * are in progress. `END`: start no run; no other run is in progress.
   */
  readonly decision: 'RUN' | 'WAIT' | 'END';
  readonly runId: string;
  /** Request of the run; null unless the decision is `RUN`. */
  readonly request: Record<string, unknown> | null;
}

/** Names of the errors that the execution of a map ends with. */
export const MAP_ERRORS = {
  /** At least one run did not succeed. */
  InputsFailed: 'InputsFailed',
  /** A run did not succeed, and `onError` was `stop`. */
  MapStopped: 'MapStopped',
  /** The map was canceled. */
  MapCanceled: 'MapCanceled',
} as const;

/** Output of CollectMap. */
export const collectedMapSchema = z.object({
  status: z.enum(['SUCCEEDED', 'FAILED', 'CANCELED']),
  /** A name of {@link MAP_ERRORS}, or the caught error; empty for SUCCEEDED. */
  error: z.string(),
  cause: z.string(),
  /** The update that ends the map's record. */
  transition: marshalledTransitionSchema,
  /** Detail of the event that announces the end of the map. */
  event: mapStateChangeSchema,
  /** The execution's output. */
  output: z.object({
    mapId: mapIdSchema,
    total: z.int().positive(),
    succeeded: z.int().nonnegative(),
    failed: z.int().nonnegative(),
  }),
});
export type CollectedMap = z.infer<typeof collectedMapSchema>;
