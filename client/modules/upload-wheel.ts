import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { definedOnly } from '../../lib/contract/defined-only.js';
import { CodeseederError } from '../../lib/contract/index.js';
import type { BuiltModule } from './built-module.js';
import type { PublishAccess } from './package-repository.js';
import { readWheel } from './wheel.js';

/** Metadata fields that have another name in an upload. */
const UPLOAD_NAMES: Readonly<Record<string, string>> = {
  classifier: 'classifiers',
  'project-url': 'project_urls',
};

/** Maximum length of the response in a message. */
const ANSWER_MAX_CHARACTERS = 500;

/**
 * Uploads a wheel as twine does.
 *
 * @throws CodeseederError `ModuleNotPublished` with the repository's response
 * @see https://docs.pypi.org/api/upload/
 */
export async function uploadWheel(
  { name, file }: BuiltModule,
  { endpoint, token }: PublishAccess,
  signal: AbortSignal | undefined,
): Promise<void> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`aws:${token}`).toString('base64')}` },
    body: await formOf(file),
    ...definedOnly({ signal }),
  }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    const reason = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
    throw failed(`${name} could not be sent to ${endpoint}: ${String(reason)}`, cause);
  });
  const answer = await response.text();
  if (response.ok) return;
  const reply = answer.replaceAll(token, '***').slice(0, ANSWER_MAX_CHARACTERS);
  throw failed(`${endpoint} refused ${path.basename(file)}: ${response.status} ${reply}`);
}

async function formOf(file: string): Promise<FormData> {
  const [content, { fields }] = await Promise.all([readFile(file), readWheel(file)]);
  const form = new FormData();
  const set = (name: string, value: string) => form.append(name, value);
  set(':action', 'file_upload');
  set('protocol_version', '1');
  set('filetype', 'bdist_wheel');
  set('pyversion', path.basename(file, '.whl').split('-').at(-3) ?? 'py3');
  set('md5_digest', digestOf('md5', content));
  set('sha256_digest', digestOf('sha256', content));
  for (const [name, value] of fields) set(UPLOAD_NAMES[name] ?? name.replaceAll('-', '_'), value);
  form.append('content', new Blob([content]), path.basename(file));
  return form;
}

function digestOf(algorithm: string, content: Buffer): string {
  return createHash(algorithm).update(content).digest('hex');
}

function failed(message: string, cause?: unknown): CodeseederError {
  return new CodeseederError('ModuleNotPublished', message, cause === undefined ? {} : { cause });
}
