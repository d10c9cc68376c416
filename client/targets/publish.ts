import {
  BUNDLES_PREFIX,
  checkComputeRegion,
  checkImage,
  CodeseederError,
  contentDigest,
  definedOnly,
  definitionKey,
  describeTarget,
  isContentOf,
  type InvocationHead,
  type LayerReference,
  parseRunRequest,
  parseTargetAlias,
  parseTargetDefinition,
  parseTargetName,
  publishedLayerKey,
  type TargetDefinition,
  withVersion,
} from '../../lib/contract/index.js';
import { abortable } from '../connection/abortable.js';
import type { Connection } from '../connection/connection.js';
import { filesOf } from '../connection/seedkit-resources.js';
import { newRunId } from '../submit/new-run-id.js';
import {
  cachedRequestOf,
  installingFirst,
  keptInstalls,
  openBundle,
  type Submission,
} from '../submit/submit-run.js';
import { uploadBundle } from '../submit/upload-bundle.js';
import type { PublishedVersion } from '../target-types.js';

/** What is published, and the alias that names it. */
export interface Publication {
  readonly name: string;
  readonly alias: string | undefined;
  readonly submission: Submission;
}

/**
 * Packs a bundle, uploads what S3 does not have, copies the layers to where they do not expire, and adds a version to
 * the target. Nothing is uploaded before the names and options are checked and the target was read.
 */
export async function publishVersion(
  { name: wanted, alias: wantedAlias, submission }: Publication,
  connection: Connection,
): Promise<PublishedVersion> {
  const name = parseTargetName(wanted);
  const alias = wantedAlias === undefined ? undefined : parseTargetAlias(wantedAlias);
  const { options } = submission;
  const { onProgress, signal } = options;
  signal?.throwIfAborted();
  const files = await filesOf(connection);
  const publication = newRunId();
  const request = parseRunRequest(await cachedRequestOf(publication, connection.seedkit, options));
  checkComputeRegion(request.build, await files.s3.config.region());
  const { changeTarget, findTarget } = await import('../../lib/run-store/targets.js');
  await findTarget(name, files);
  const bundle = await openBundle(submission, connection);
  try {
    const { kind, target } = await submission.invocation(bundle);
    checkImage(request.build, kind);
    const invocation = { kind, target } as InvocationHead;
    const layers = await uploadBundle(bundle.layers, connection, { onProgress, signal });
    const { labels, lock, lockMode, cache } = request;
    const installsDigest = await keptInstalls(options, request.build, bundle, connection);
    const build = installingFirst(request.build, bundle);
    const fields = { version: 1, name, publication, invocation, bundle: { layers }, build };
    const draft = definedOnly({ ...fields, labels, lock, lockMode, cache, installsDigest });
    const definition = parseTargetDefinition(draft, `definition of ${name}`);
    await keepLayers(definition, connection, signal);
    const content = Buffer.from(JSON.stringify(definition));
    await putDefinition(definition, content, connection);
    const published = {
      publication,
      definition: contentDigest(content),
      kind,
      runs: describeTarget(invocation),
      publishedAt: new Date().toISOString(),
    };
    // The signal does not abort this call, because the version might have been added without its caller knowing.
    const changed = await changeTarget(name, (target) => withVersion(target, published, alias), files);
    return { name, ...published, version: versionOf(changed.versions, publication) };
  } finally {
    await bundle.dispose();
  }
}

function versionOf(versions: readonly PublishedVersionNumber[], publication: string): number {
  return versions.find((version) => version.publication === publication)?.version ?? 0;
}

type PublishedVersionNumber = Pick<PublishedVersion, 'version' | 'publication'>;

/** Copies the layers of a version to where no lifecycle rule expires them. */
async function keepLayers(
  { name, publication, bundle }: TargetDefinition,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<void> {
  const files = await filesOf(connection);
  const { findObject } = await import('../../lib/s3-objects.js');
  const { copyLayer, isCopyable } = await import('../../lib/run-store/copy-layer.js');
  const keep = async (layer: LayerReference): Promise<void> => {
    signal?.throwIfAborted();
    const original = await findObject(layer.key, files, abortable(signal));
    if (original === undefined || !isContentOf(layer, original)) {
      throw new CodeseederError(
        'BundleMissing',
        `The layer s3://${files.bucket}/${layer.key} is no longer the one that was uploaded. Publish again. If it happens again, check which principals can write to ${BUNDLES_PREFIX}.`,
      );
    }
    const key = publishedLayerKey(name, publication, layer.key);
    if (isCopyable(layer) && (await copyLayer(layer, original, key, files))) return;
    throw new CodeseederError(
      'BundleTooLarge',
      `The layer s3://${files.bucket}/${layer.key} of ${layer.sizeBytes} bytes cannot be copied to ${key}. Publish again; if the layer has more than 5 GB, put its large files into S3 and let the code read them from there.`,
    );
  };
  await Promise.all(bundle.layers.map(keep));
}

async function putDefinition(
  { name, publication }: TargetDefinition,
  content: Uint8Array,
  connection: Connection,
): Promise<void> {
  const files = await filesOf(connection);
  const { putOnce } = await import('../../lib/s3-objects.js');
  const key = definitionKey(name, publication);
  if (await putOnce({ key, content, contentType: 'application/json' }, files)) return;
  throw new CodeseederError(
    'ControlPlaneError',
    `The object s3://${files.bucket}/${key} exists already. Publish the target again.`,
  );
}
