import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { jsonService } from '../wire/json-service.js';
import { serviceOperations } from '../wire/operation.js';
import { parameterOperations } from './parameter-operations.js';
import { openParameterStore } from './parameter-store.js';
import { secretOperations } from './secret-operations.js';
import { findVersion, openSecretStore } from './secret-store.js';

/** Secrets Manager and Parameter Store. */
export type Parameters = Awaited<ReturnType<typeof createParameters>>;

export async function createParameters(context: PlaceContext) {
  const secrets = openSecretStore(context);
  const parameters = openParameterStore(context);
  return {
    /** Secrets Manager and Parameter Store are two services. */
    services: [
      jsonService({
        signingName: 'secretsmanager',
        targetPrefix: 'secretsmanager',
        jsonVersion: '1.1',
        operations: serviceOperations('InvalidParameterException', secretOperations(context, secrets)),
      }),
      jsonService({
        signingName: 'ssm',
        targetPrefix: 'AmazonSSM',
        jsonVersion: '1.1',
        operations: serviceOperations('ValidationException', parameterOperations(context, parameters)),
      }),
    ],
    /**
     * Returns the value of a secret that an environment variable of a build refers to.
     * @param reference `id[:jsonKey[:stage[:version]]]`, where the id is a name or an ARN
     * @throws AwsError `ResourceNotFoundException`, `InvalidRequestException`
     * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.secrets-manager
     */
    secret: async (reference: string): Promise<string> => {
      const { id, jsonKey, stage, version } = parseSecretReference(reference);
      const { text } = findVersion(await secrets.find(id), { id: version, stage });
      if (text === undefined) {
        throw new AwsError('InvalidRequestException', `The secret ${id} has no text.`);
      }
      return jsonKey === undefined ? text : jsonMember(id, text, jsonKey);
    },
    /**
     * Returns the value of a parameter.
     * @param name name or ARN, optionally followed by `:version`
     * @throws AwsError `ParameterNotFound`, `ParameterVersionNotFound`
     */
    parameter: async (name: string): Promise<string> => (await parameters.find(name)).value,
  };
}

/** Splits a reference at its colons, but not at the colons of an ARN. */
function parseSecretReference(reference: string) {
  const parts = reference.split(':');
  const idParts = reference.startsWith('arn:') ? 7 : 1;
  const [jsonKey, stage, version] = parts.slice(idParts).map((part) => (part === '' ? undefined : part));
  return { id: parts.slice(0, idParts).join(':'), jsonKey, stage, version };
}

function jsonMember(id: string, text: string, key: string): string {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new AwsError('InvalidRequestException', `The secret ${id} is not JSON, so it has no key ${key}.`);
  }
  const value =
    typeof content === 'object' && content !== null && Object.hasOwn(content, key)
      ? (content as Record<string, unknown>)[key]
      : undefined;
  if (value === undefined) {
    throw new AwsError('ResourceNotFoundException', `The secret ${id} has no key ${key}.`);
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
