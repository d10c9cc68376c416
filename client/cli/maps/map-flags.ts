import type { OnError } from '../../../lib/contract/index.js';
import type { MapOrder } from '../../map-types.js';
import type { RunFlags } from '../run/run-flags.js';
import type { RepeatedFlags } from './next-of-map.js';

/** Values of the flags of `codeseeder map`, in addition to those of `codeseeder run`. */
export interface MapFlags extends RunFlags {
  readonly concurrency?: number | undefined;
  readonly onError?: OnError | undefined;
  readonly name?: string | undefined;
  readonly order?: MapOrder | undefined;
  readonly repeated: RepeatedFlags;
}
