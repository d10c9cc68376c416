import { StateError } from '../interpreter/state-error.js';

/**
 * DynamoDB's names of attribute value types, by the names that the AWS SDK integration uses (those of the SDK for
 * Java). `S`, `N`, `B`, `M` and `L` are the same in both.
 */
const DYNAMODB_NAMES: Readonly<Record<string, string>> = {
  Bool: 'BOOL',
  Nul: 'NULL',
  Ss: 'SS',
  Ns: 'NS',
  Bs: 'BS',
};
const SDK_NAMES = Object.fromEntries(Object.entries(DYNAMODB_NAMES).map(([sdk, own]) => [own, sdk]));

/** Members of requests and responses that contain attribute values. */
const HOLDERS = ['Item', 'Key', 'ExpressionAttributeValues', 'Attributes'];

/**
 * Renames the attribute value types in a request of the AWS SDK integration to DynamoDB's names.
 * @throws StateError `States.Runtime` if the request already uses DynamoDB's names, which this integration does not
 * accept
 */
export function toDynamodb(args: object): object {
  return renameIn(args, (name) => {
    if (Object.hasOwn(SDK_NAMES, name)) {
      throw new StateError('States.Runtime', `The field "${name}" is not supported by Step Functions`);
    }
    return DYNAMODB_NAMES[name] ?? name;
  });
}

/** Renames the attribute value types in a response of DynamoDB to the names of the AWS SDK integration. */
export function fromDynamodb(answer: object): object {
  return renameIn(answer, (name) => SDK_NAMES[name] ?? name);
}

type Rename = (name: string) => string;

function renameIn(members: object, rename: Rename): object {
  return mapValues(members, (value, name) => (HOLDERS.includes(name) ? valuesByName(value, rename) : value));
}

function valuesByName(values: unknown, rename: Rename): unknown {
  return isObject(values) ? mapValues(values, (value) => attributeValue(value, rename)) : values;
}

function attributeValue(value: unknown, rename: Rename): unknown {
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([type, content]): [string, unknown] => {
    if (type === 'M') return [type, valuesByName(content, rename)];
    if (type === 'L' && Array.isArray(content)) {
      return [type, content.map((item) => attributeValue(item, rename))];
    }
    return [rename(type), content];
  });
  return Object.fromEntries(entries);
}

function mapValues(values: object, map: (value: unknown, name: string) => unknown): object {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value, name)]));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
