import { AwsError } from '../wire/aws-error.js';

/** Members of the flat form that are no operation's own. */
const ENVELOPE = new Set(['Action', 'Version']);

/** `Name.member.1`, `Name.member.2` and so on. */
export function memberList(input: URLSearchParams, name: string): readonly string[] {
  return [...input].filter(([key]) => key.startsWith(`${name}.member.`)).map(([, value]) => value);
}

/** `Name.member.1.Key`, `Name.member.1.Value` and so on, one object for each number. */
export function memberObjects(
  input: URLSearchParams,
  name: string,
): readonly Readonly<Record<string, string>>[] {
  const objects = new Map<string, Record<string, string>>();
  for (const [key, value] of input) {
    if (!key.startsWith(`${name}.member.`)) continue;
    const [index = '', ...rest] = key.slice(`${name}.member.`.length).split('.');
    objects.set(index, { ...objects.get(index), [rest.join('.')]: value });
  }
  return [...objects.values()];
}

/** @throws AwsError `ValidationError` */
export function requiredText(input: URLSearchParams, name: string): string {
  const value = input.get(name);
  if (value === null || value === '') throw validationError(`${name} is required`);
  return value;
}

/**
 * Refuses members whose meaning the place would have to drop.
 *
 * @param taken top-level names that are read, or that change nothing here
 * @throws AwsError `ValidationError` naming them
 */
export function refuseOtherMembers(input: URLSearchParams, taken: readonly string[]): void {
  const known = new Set(taken);
  const others = new Set(
    [...input.keys()].map((key) => key.split('.')[0] ?? key).filter((name) => !known.has(name)),
  );
  for (const name of ENVELOPE) others.delete(name);
  if (others.size === 0) return;
  throw validationError(`The local place does not take ${[...others].join(', ')} here.`);
}

/** @throws AwsError `ValidationError` when a member has another value than those that mean nothing here */
export function refuseOtherValues(
  input: URLSearchParams,
  harmless: Readonly<Record<string, readonly string[]>>,
): void {
  for (const [name, values] of Object.entries(harmless)) {
    const value = input.get(name);
    if (value !== null && !values.includes(value)) {
      throw validationError(
        `The local place does not take ${name} ${value} here; it takes ${values.join(', ')}.`,
      );
    }
  }
}

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
