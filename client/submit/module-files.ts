import { stat } from 'node:fs/promises';
import path from 'node:path';

import type { CallOptions } from '../call-option-types.js';
import type { MergedOptions } from './run-options.js';

/** Returns whether a run may have other modules than those of its options: in a prebuilt bundle, or by its commands. */
export function mayChangeModules({ prebuiltBundle, build = {} }: MergedOptions<CallOptions>): boolean {
  const commands = [build.installCommands, build.preBuildCommands, build.preExecutionCommands].flat();
  return prebuiltBundle !== undefined || commands.some((command) => command !== undefined);
}

/** Returns the files of the local modules that may be a module. */
export async function filesOfModule(
  module: string,
  localModules: Readonly<Record<string, string>>,
): Promise<string[]> {
  const [first, ...rest] = module.split('.');
  const places = Object.entries(localModules).flatMap(([name, folder]) => [
    path.join(folder, ...module.split('.')),
    ...(name === first ? [path.join(folder, ...rest)] : []),
  ]);
  const single = Object.entries(localModules).flatMap(([name, file]) => (name === module ? [file] : []));
  const files = [...single, ...places.flatMap((place) => [`${place}.py`, path.join(place, '__init__.py')])];
  const found = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  return [...new Set(files.filter((_, index) => found[index]?.isFile() === true))];
}
