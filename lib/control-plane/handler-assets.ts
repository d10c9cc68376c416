import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { CodeseederError, type HandlerName } from '../contract/index.js';

/**
 * Possible folders of the handlers, relative to this module, which is `dist/lib/control-plane` when built and
 * `lib/control-plane` as source.
 */
const CANDIDATES = ['../../lambdas', '../../dist/lambdas'];

/** Returns the folder of the handlers that this package's build creates. */
export function packagedHandlersFolder(): string {
  const folders = CANDIDATES.map((candidate) => fileURLToPath(new URL(candidate, import.meta.url)));
  const built = folders.find((folder) => existsSync(path.join(folder, 'prepare-run', 'index.mjs')));
  return built ?? folders[0]!;
}

/**
 * Returns the folder of one handler's code.
 * @throws CodeseederError `PackFailed` when the handlers are not built
 */
export function handlerFolder(handlersFolder: string, handler: HandlerName): string {
  const folder = path.join(handlersFolder, handler);
  if (existsSync(path.join(folder, 'index.mjs'))) return folder;
  throw new CodeseederError(
    'PackFailed',
    `The handler ${handler} is not built: ${folder} has no index.mjs. Run \`npm run build\` first.`,
  );
}
