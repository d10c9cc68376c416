import {
  contentDigest,
  type Invocation,
  invocationKey,
  type LayerReference,
  layerKey,
  type MapRecord,
  prebuiltLayerKey,
  type RunInput,
  type RunRecord,
  type RunRequest,
} from '../../lib/contract/index.js';

export const A_SHA256 = 'a'.repeat(64);

/** Returns a valid layer of a bundle. */
export function aLayer(overrides: Partial<LayerReference> = {}): LayerReference {
  const digest = overrides.digest ?? A_SHA256;
  return {
    key: layerKey(digest),
    digest,
    checksumSha256: Buffer.alloc(32, 7).toString('base64'),
    sizeBytes: 1234,
    ...overrides,
  };
}

/** Returns a layer that the client has not packed. */
export function aPrebuiltLayer(): LayerReference {
  const { checksumSha256, sizeBytes } = aLayer();
  const sha256 = Buffer.from(checksumSha256, 'base64').toString('hex');
  return { key: prebuiltLayerKey(sha256), checksumSha256, sizeBytes };
}

/** Returns a valid invocation of a Node.js function. */
export function aNodeInvocation(): Invocation {
  return { kind: 'node', target: { module: 'src/index.ts', exportName: 'go' }, args: [] };
}

/** Returns the input of a run: the key of an invocation and its digest. */
export function anInput(invocation: unknown, runId = 'run-1'): RunInput {
  return { key: invocationKey(runId), ...contentDigest(Buffer.from(JSON.stringify(invocation))) };
}

/** Returns a valid run request. */
export function aRunRequest(overrides: Partial<RunRequest> = {}): RunRequest {
  const runId = overrides.runId ?? 'run-1';
  return {
    version: 1,
    runId,
    seedkit: 'demo',
    bundle: { layers: [aLayer()] },
    input: anInput(aNodeInvocation(), runId),
    build: {},
    ...overrides,
  };
}

/** Returns the record of a run that has just been queued. */
export function aRunRecord(overrides: Partial<RunRecord> = {}): RunRecord {
  return {
    runId: 'run-1',
    status: 'QUEUED',
    seedkit: 'demo',
    executionArn: 'arn:aws:states:us-east-1:000000000000:execution:codeseeder-demo:run-1',
    queuedAt: '2026-03-01T10:00:00.000Z',
    day: '2026-03-01',
    trigger: 'CLIENT',
    expiresAt: 1_803_895_200,
    ...overrides,
  };
}

/** Returns the record of a map that has just been started. */
export function aMapRecord(overrides: Partial<MapRecord> = {}): MapRecord {
  return {
    mapId: 'map-1',
    status: 'RUNNING',
    seedkit: 'demo',
    kind: 'commands',
    target: './check.sh',
    executionArn: 'arn:aws:states:us-east-1:000000000000:execution:codeseeder-demo_maps:map-1',
    total: 10,
    concurrency: 10,
    onError: 'continue',
    queuedAt: '2026-03-01T10:00:00.000Z',
    day: 'map:2026-03-01',
    expiresAt: 1_803_895_200,
    ...overrides,
  };
}
