import path from 'node:path';

import { membersIn } from '../config/members-in.js';
import type { PresentConfig, WantedConfig } from './present-config.js';

/** Lines to add to a config by hand. */
export interface LinesToAdd {
  /** The object that gets them, in words. */
  readonly place: string;
  readonly lines: readonly string[];
}

/**
 * Returns the lines that a config in JavaScript, TypeScript or JSON lacks, by the object that gets them. The source is
 * read, not run. Paths in the lines are relative to the config.
 *
 * @param folder folder of the project, to which the wanted paths are relative
 */
export function linesToAdd(
  { file, text }: PresentConfig,
  folder: string,
  { seedkit, code }: WantedConfig,
): LinesToAdd[] {
  const members = membersIn(text);
  const has = (name: string) => members.some((member) => member.name === name);
  const textsOf = (name: string) =>
    members.flatMap((member) =>
      member.name === name ? (/^['"`](.*)['"`]$/.exec(member.value)?.[1] ?? []) : [],
    );
  const missing = Object.entries(code?.localModules ?? {}).filter(([name]) => textsOf(name).length === 0);
  const modules = fromConfig(file, folder, missing);
  const requirements = has('requirementsFiles') ? [] : Object.entries(code?.requirementsFiles ?? {});
  const options = {
    localModules: has('localModules') ? undefined : modules,
    requirementsFiles: fromConfig(file, folder, requirements),
  };
  const isJson = file.endsWith('.json');
  const whole = isJson ? 'its object' : 'the object that it exports';
  const linesOf = (object: object) => linesOfMembers(object, isJson);
  const added: readonly LinesToAdd[] = [
    { place: whole, lines: textsOf('seedkit').includes(seedkit) ? [] : linesOf({ seedkit }) },
    { place: 'localModules', lines: has('localModules') ? linesOf({ ...modules }) : [] },
    has('options')
      ? { place: 'options', lines: linesOf(options) }
      : { place: whole, lines: linesOf(options).length === 0 ? [] : linesOf({ options }) },
  ];
  return added.filter(({ lines }) => lines.length > 0);
}

/** Makes paths relative to a config. Returns undefined for no paths. */
function fromConfig(
  file: string,
  folder: string,
  paths: readonly (readonly [name: string, place: string])[],
): Record<string, string> | undefined {
  if (paths.length === 0) return undefined;
  return Object.fromEntries(
    paths.map(([name, place]) => {
      const relative = path.relative(path.dirname(file), path.resolve(folder, place));
      return [name, `./${relative.split(path.sep).join('/')}`];
    }),
  );
}

/** Returns the members of an object as lines of JSON, or of JavaScript. */
function linesOfMembers(object: object, isJson: boolean): string[] {
  const json = JSON.stringify(object, undefined, 2)
    .split('\n')
    .slice(1, -1)
    .map((line) => line.slice(2));
  if (isJson) return json;
  return json.map((line) =>
    line
      .replace(/^( *)"([A-Za-z_$][\w$]*)":/, '$1$2:')
      .replace(/"([^"'\\]*)"(,?)$/, "'$1'$2")
      .replace(/(?<![{,])$/, ','),
  );
}
