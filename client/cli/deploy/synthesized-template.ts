import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { parseSeedkitContext, seedkitNames } from '../../../lib/contract/index.js';
import type { SeedkitContextText } from '../../deploy/assembly.js';
import { settingsContext } from '../../deploy/settings-context.js';
import type { SeedkitSettings } from '../../deploy-types.js';

/** The template of a seedkit with these settings and no others, from no account: the same at every call. */
export async function synthesizedTemplate(
  name: string,
  { deployId, ...settings }: SeedkitSettings & { readonly deployId?: string },
  synthesize: (context: SeedkitContextText) => Promise<string>,
): Promise<string> {
  const context = { ...settingsContext(settings), name, ...(deployId !== undefined && { deployId }) };
  parseSeedkitContext(context);
  const folder = await synthesize(context);
  const template = await readFile(path.join(folder, `${seedkitNames.stack(name)}.template.json`), 'utf8');
  return template.trimEnd();
}
