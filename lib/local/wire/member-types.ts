import { z } from 'zod';

import { AwsError } from './aws-error.js';

/** What a member is wherever a service's operations have it, by its name. Members not named here may be anything. */
export type MemberTypes = Readonly<Record<string, z.ZodType>>;

/** @throws AwsError `SerializationException` naming the first member that is of another type */
export function checkMemberTypes(input: object, types: MemberTypes): void {
  for (const [name, value] of Object.entries(input)) {
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    const [issue] = type?.safeParse(value).error?.issues ?? [];
    if (issue === undefined) continue;
    const place = z.core.toDotPath([name, ...issue.path]);
    throw new AwsError('SerializationException', `The request's ${place} is wrong: ${issue.message}`);
  }
}
