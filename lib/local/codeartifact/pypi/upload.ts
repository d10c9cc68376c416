import { createHash, randomUUID } from 'node:crypto';

import type { WireResponse } from '../../wire/wire-service.js';
import type { PackageRequest, RegistryContext } from '../package-request.js';
import type { Blob } from '../../durable/blob-folder.js';
import { conflict, invalid } from '../refusals.js';
import type { StoredPackage, StoredVersion } from '../stored-package.js';
import { normalizedName } from './names.js';

/** A file with the fields that twine sends. */
interface Upload {
  readonly name: string;
  readonly version: string;
  readonly fileName: string;
  readonly content: Buffer;
  readonly sha256: string;
  field(this: void, name: string): string | undefined;
}

const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9.+!-]*$/;
const FILE_NAME = /^[A-Za-z0-9][\w.+!-]*\.(whl|tar\.gz|tar\.bz2|zip|egg)$/;

/** Handles an upload of twine. @see https://docs.pypi.org/api/upload/ */
export async function upload(
  request: PackageRequest,
  { packages, now }: RegistryContext,
): Promise<WireResponse> {
  const file = await readUpload(request);
  await packages.publish(
    { repository: request.repository, format: 'pypi', name: file.name },
    file.content,
    (current, blob) => withFile(current, file, blob, now()),
  );
  return { status: 200 };
}

function withFile(current: StoredPackage, file: Upload, blob: Blob, publishedAtMs: number): StoredPackage {
  const { version, fileName, sha256, field } = file;
  const former = Object.hasOwn(current.versions, version) ? current.versions[version] : undefined;
  if (former?.assets.some((asset) => asset.fileName === fileName)) {
    throw conflict('asset', fileName, `The file ${fileName} has been uploaded already.`);
  }
  const added: StoredVersion = {
    publishedAtMs,
    summary: field('summary'),
    homePage: field('home_page'),
    license: field('license_expression') ?? field('license'),
    ...former,
    revision: randomUUID(),
    assets: [...(former?.assets ?? []), { fileName, blob, sha256, requiresPython: field('requires_python') }],
  };
  return { ...current, versions: { ...current.versions, [version]: added } };
}

async function readUpload({ contentType, readBody }: PackageRequest): Promise<Upload> {
  const form = await readForm(contentType, await readBody());
  const field = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const action = field(':action');
  if (action !== 'file_upload') throw invalid(`The action '${action ?? ''}' is not 'file_upload'.`);
  const content = form.get('content');
  if (content === null || typeof content === 'string') throw invalid('The upload has no file.');
  const bytes = Buffer.from(await content.arrayBuffer());
  const file = {
    name: matching('name', field('name'), NAME),
    version: matching('version', field('version'), VERSION),
    fileName: matching('file name', content.name, FILE_NAME),
    content: bytes,
    sha256: digestOf('sha256', bytes),
    field,
  };
  if (!normalizedName(file.fileName).startsWith(`${normalizedName(file.name)}-`)) {
    throw invalid(`The file name ${file.fileName} does not start with the name '${file.name}'.`);
  }
  for (const [name, algorithm] of [
    ['sha256_digest', 'sha256'],
    ['md5_digest', 'md5'],
  ] as const) {
    if ((field(name)?.toLowerCase() ?? digestOf(algorithm, bytes)) !== digestOf(algorithm, bytes)) {
      throw invalid(`The file does not match its ${name}.`);
    }
  }
  return { ...file, name: normalizedName(file.name) };
}

async function readForm(contentType: string, body: Buffer): Promise<FormData> {
  try {
    return await new Response(body, { headers: { 'content-type': contentType } }).formData();
  } catch (error) {
    throw invalid(`The upload is not valid multipart/form-data: ${String(error)}`);
  }
}

function matching(member: string, value: string | undefined, pattern: RegExp): string {
  if (value !== undefined && pattern.test(value)) return value;
  throw invalid(`The ${member} ${JSON.stringify(value)} is not valid.`);
}

function digestOf(algorithm: string, content: Buffer): string {
  return createHash(algorithm).update(content).digest('hex');
}
