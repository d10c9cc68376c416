import type { BuildOptions } from './build-options.js';
import { NO_SECRET, PROJECT_VARIABLES } from './project-variables.js';

/** Variables that name a secret with credentials. A run can override them. */
const SECRET_VARIABLES = [
  PROJECT_VARIABLES.dockerSecret,
  PROJECT_VARIABLES.pypiMirrorSecret,
  PROJECT_VARIABLES.npmMirrorSecret,
  PROJECT_VARIABLES.mirrorSecret,
] as const;

/** Returns the name of the first build option that requires logins to registries or mirrors, if any. */
export function registryLoginOption({
  npmMirror,
  pypiMirror,
  environment = {},
}: BuildOptions): string | undefined {
  if (pypiMirror !== undefined) return 'pypiMirror';
  if (npmMirror !== undefined) return 'npmMirror';
  const variable = SECRET_VARIABLES.find((name) => namesSecret(environment[name]?.value));
  return variable === undefined ? undefined : `environment.${variable}`;
}

function namesSecret(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== NO_SECRET;
}
