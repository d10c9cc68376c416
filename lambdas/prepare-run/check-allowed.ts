import {
  type AllowList,
  type BuildOptions,
  CodeseederError,
  type EnvironmentVariable,
  isAllowed,
  seedkitNames,
} from '../../lib/contract/index.js';

/** Data of the seedkit: its names, which a request may always use, its account and its region. */
export interface AllowedContext {
  readonly seedkit: string;
  /** The seedkit's own project. */
  readonly project: string;
  /** Any ARN in the seedkit's account and region, from which both are read. */
  readonly executionArn: string;
}

/** Checks that the seedkit allows the names in a request. @throws CodeseederError `NotAllowed` with the name */
export function checkAllowed(build: BuildOptions, allow: AllowList, context: AllowedContext): void {
  refuseUnlisted('role', build.role, allow.roles);
  refuseUnlisted('project', build.project, [context.project, ...allow.projects]);
  refuseUnlisted('fleet', build.fleet, allow.fleets);
  refuseUnlisted('image', build.image, allow.images);
  if (build.privileged === true && !allow.privileged) {
    throw notAllowed('privileged', 'true');
  }
  if (build.debugSession !== undefined && build.debugSession !== false && !allow.debugSessions)
    throw notAllowed('debugSession', String(build.debugSession));
  for (const [name, variable] of Object.entries(build.environment ?? {})) {
    if (variable.type !== 'PLAINTEXT' && !isAllowedSecret(variable, allow.secrets, context)) {
      const { ownParameters, ownSecrets } = seedkitNames;
      const prefix = (variable.type === 'PARAMETER_STORE' ? ownParameters : ownSecrets)(context.seedkit);
      throw notAllowed(
        `environment.${name} (${variable.type})`,
        variable.value,
        `Give it a name that starts with ${prefix}, which is always allowed, add`,
      );
    }
  }
}

function refuseUnlisted(option: string, value: string | undefined, allowed: readonly string[]): void {
  if (value !== undefined && !isAllowed(allowed, value)) throw notAllowed(option, value);
}

function notAllowed(option: string, value: string, add = 'Add'): CodeseederError {
  return new CodeseederError(
    'NotAllowed',
    `The seedkit does not allow build.${option}: ${value}. ${add} it to the construct's \`allow\`, or leave it out of the request.`,
  );
}

/**
 * Returns whether a secret or parameter is allowed. Names with the seedkit's own prefix are always allowed. A reference
 * is a name or an ARN; the list has ARNs. The ARN of a secret ends with a hyphen and six random characters, so names
 * are also compared without them.
 */
function isAllowedSecret(
  variable: EnvironmentVariable,
  allowed: readonly string[],
  { seedkit, executionArn }: AllowedContext,
): boolean {
  const [, partition, , region, account] = executionArn.split(':');
  if (variable.type === 'PARAMETER_STORE') {
    const { value } = variable;
    const arn = value.startsWith('arn:')
      ? value
      : `arn:${partition}:ssm:${region}:${account}:parameter/${value.replace(/^\//, '')}`;
    const own = `arn:${partition}:ssm:${region}:${account}:parameter${seedkitNames.ownParameters(seedkit)}*`;
    return isAllowed([own, ...allowed], arn);
  }
  const secrets = `arn:${partition}:secretsmanager:${region}:${account}:secret:`;
  const own = `${secrets}${seedkitNames.ownSecrets(seedkit)}*`;
  if (variable.value.startsWith('arn:')) {
    return isAllowed([own, ...allowed], variable.value.split(':').slice(0, 7).join(':'));
  }
  const name = variable.value.split(':')[0] ?? '';
  const arn = `${secrets}${name}`;
  return [own, ...allowed].some(
    (entry) => isAllowed([entry], arn) || isAllowed([entry], `${arn}-`) || isSuffixed(entry, arn),
  );
}

function isSuffixed(entry: string, arn: string): boolean {
  return entry.startsWith(`${arn}-`) && /^[A-Za-z0-9]{6}$/.test(entry.slice(arn.length + 1));
}
