import { text } from 'node:stream/consumers';

import { openPromise } from 'yauzl';

import { CodeseederError } from '../../lib/contract/index.js';

/** Metadata of a wheel. */
export interface Wheel {
  readonly name: string;
  readonly version: string;
  /** All fields in order, with names in lower case. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/**
 * Reads the metadata of a wheel.
 *
 * @throws CodeseederError `ModuleNotPublished` for a wheel without name or version
 * @see https://packaging.python.org/en/latest/specifications/core-metadata/
 */
export async function readWheel(file: string): Promise<Wheel> {
  const fields = parseFields(await readMetadata(file));
  const valueOf = (field: string) => fields.find(([name]) => name === field)?.[1] ?? '';
  const [name, version] = [valueOf('name'), valueOf('version')];
  if (name !== '' && version !== '') return { name, version, fields };
  throw new CodeseederError('ModuleNotPublished', `The wheel ${file} has no name or no version.`);
}

async function readMetadata(file: string): Promise<string> {
  const zip = await openPromise(file, { lazyEntries: true, autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (/^[^/]+\.dist-info\/METADATA$/.test(entry.fileName)) {
        return await text(await zip.openReadStreamPromise(entry));
      }
    }
    return '';
  } finally {
    zip.close();
  }
}

/**
 * Parses metadata, which has the format of mail headers. Ends at the first empty line, after which the description
 * follows.
 */
function parseFields(metadata: string): [name: string, value: string][] {
  const [head = ''] = metadata.split(/\r?\n\r?\n/, 1);
  return head
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .flatMap((line): [string, string][] => {
      const [, name, value] = /^([A-Za-z-]+):\s*(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value.trim()]];
    });
}
