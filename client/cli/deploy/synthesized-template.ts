import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { definedOnly } from '../../../lib/contract/defined-only.js';
import { parseSeedkitContext, seedkitNames } from '../../../lib/contract/index.js';
import type { SeedkitContextText } from '../../deploy/assembly.js';
import { settingsContext } from '../../deploy/settings-context.js';
import type { SettingsToDeploy } from './setting-flags.js';

/** Returns the template of a seedkit with these settings. It does not depend on an account or a deployed stack. */
export async function synthesizedTemplate(
  name: string,
  { deployId, ...settings }: SettingsToDeploy,
  synthesize: (context: SeedkitContextText) => Promise<string>,
): Promise<string> {
  const context = { ...settingsContext(settings), name, ...definedOnly({ deployId }) };
  parseSeedkitContext(context);
  const folder = await synthesize(context);
  const template = await readFile(path.join(folder, `${seedkitNames.stack(name)}.template.json`), 'utf8');
  return template.trimEnd();
}
