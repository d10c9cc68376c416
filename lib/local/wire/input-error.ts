import { z } from 'zod';
import { toDotPath } from 'zod/v4/core';

import { AwsError } from './aws-error.js';

type Issue = z.core.$ZodIssue;

/** Maximum length of a value that a message quotes. */
const SHOWN_MAX_CHARACTERS = 200;

/**
 * Describes an invalid member in the words of AWS services. If the schema defines a message, returns that one.
 */
export function describeIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'Member must not be null';
      return issue.expected === 'int' ? 'Member must be a whole number' : `Expected ${issue.expected}`;
    case 'unrecognized_keys':
      return `it has ${knownNames(issue.inst).join(', ')}.`;
    case 'invalid_value':
      return `Member must satisfy enum value set: [${issue.values.map(String).join(', ')}]`;
    case 'too_small':
      return `Member must have ${measureOf(issue.origin)} greater than or equal to ${issue.minimum}`;
    case 'too_big':
      return `Member must have ${measureOf(issue.origin)} less than or equal to ${issue.maximum}`;
    case 'invalid_format':
      return `Member must satisfy regular expression pattern: ${(issue.pattern ?? issue.format).replace(/^\/|\/\w*$/g, '')}`;
    default:
      return 'Member must have a value that the operation accepts';
  }
}

/**
 * Returns the error for invalid input. If a member has a wrong type, the error is a `SerializationException` about
 * the first such member. Otherwise it has the service's own code. Its message then lists the unknown members or, if
 * there are none, all problems.
 */
export function inputError(operation: string, validationCode: string, issues: readonly Issue[]): AwsError {
  const [ofOtherType] = issues.filter(isOfOtherType);
  if (ofOtherType !== undefined) {
    return new AwsError(
      'SerializationException',
      `The request's ${toDotPath(ofOtherType.path)} is wrong: ${ofOtherType.message}`,
    );
  }
  const unknown = issues.filter((issue) => issue.code === 'unrecognized_keys');
  if (unknown.length > 0) {
    const described = unknown.map(({ path, keys, message }) => {
      const names = keys.map((key) => toDotPath([...path, key]));
      return `The local AWS has no ${names.join(', ')} in ${operation}; ${message}`;
    });
    return new AwsError(validationCode, described.join(' '));
  }
  const described = issues.map(describeConstraint);
  const areOwn = issues.every(({ message }) => !isConstraint(message));
  const count = `${issues.length} validation error${issues.length === 1 ? '' : 's'} detected: `;
  return new AwsError(validationCode, `${areOwn ? '' : count}${described.join('; ')}`);
}

function isOfOtherType(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.message.startsWith('Expected ');
}

function isConstraint(message: string): boolean {
  return message.startsWith('Member must ');
}

function describeConstraint({ path, message, input }: Issue): string {
  if (!isConstraint(message)) return message;
  const [first = '', ...rest] = toDotPath(path);
  // AWS services write the names of members in messages in lower camel case, even if they begin in upper case.
  const member = `${first.toLowerCase()}${rest.join('')}`;
  return `Value ${shown(input)}at '${member}' failed to satisfy constraint: ${message}`;
}

function shown(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN_MAX_CHARACTERS ? '' : `'${text}' `;
}

function measureOf(origin: string): string {
  return origin === 'number' || origin === 'int' ? 'value' : 'length';
}

function knownNames(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}
