import { KeyedLock } from '../durable/keyed-lock.js';
import { valuesOf } from '../durable/values-of.js';
import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';

export interface StoredParameter {
  readonly name: string;
  readonly type: 'String' | 'StringList' | 'SecureString';
  readonly value: string;
  readonly version: number;
  readonly description?: string | undefined;
  readonly modifiedAtMs: number;
}

/** Parameters by name. */
export type ParameterStore = ReturnType<typeof openParameterStore>;

export function openParameterStore(context: PlaceContext) {
  const parameters = context.store.collection<StoredParameter>('parameters');
  const changes = new KeyedLock();
  return {
    /**
     * Runs work that changes a parameter, after all earlier changes. Without it, two simultaneous values would have the
     * same version, and one of them would be lost.
     * @param work receives the parameter, if it exists
     */
    change: <T>(name: string, work: (existing: StoredParameter | undefined) => Promise<T>): Promise<T> =>
      changes.run(name, async () => work(await parameters.get(name))),
    /**
     * Finds a parameter.
     * @param reference name or ARN, optionally followed by `:version`
     * @throws AwsError `ParameterNotFound`, `ParameterVersionNotFound`
     */
    find: async (reference: string): Promise<StoredParameter> => {
      const [, path = reference] = /^arn:[^:]+:ssm:[^:]*:[^:]*:parameter(.+)$/.exec(reference) ?? [];
      const [full = '', version] = path.split(':');
      // In an ARN, the name starts with a slash even if the parameter's name does not.
      const found = (await parameters.get(full)) ?? (await parameters.get(full.replace(/^\//, '')));
      if (found === undefined) throw new AwsError('ParameterNotFound', `Parameter ${full} not found.`);
      if (version === undefined || Number(version) === found.version) return found;
      throw new AwsError(
        'ParameterVersionNotFound',
        `Systems Manager could not find version ${version} of ${full}. The local AWS keeps only the latest version.`,
      );
    },
    /** Returns the parameters below a path, sorted by name. */
    below: (path: string) => valuesOf(parameters, path),
    put: (parameter: StoredParameter) => parameters.put(parameter.name, parameter),
    remove: (name: string) => parameters.delete(name),
  };
}
