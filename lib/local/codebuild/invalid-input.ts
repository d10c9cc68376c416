import { AwsError } from '../wire/aws-error.js';

export function invalidInput(message: string): AwsError {
  return new AwsError('InvalidInputException', message);
}

/**
 * Refuses members that the place would otherwise ignore. An empty list and `false` ask for nothing.
 * @throws AwsError `InvalidInputException` naming them
 */
export function knownMembersOnly(place: string, value: object, known: readonly string[]): void {
  const unknown = Object.entries(value)
    .filter(([name, member]) => !known.includes(name) && !asksForNothing(member))
    .map(([name]) => name);
  if (unknown.length === 0) return;
  throw invalidInput(`The local place has no ${unknown.join(', ')} in ${place}; it has ${known.join(', ')}.`);
}

function asksForNothing(member: unknown): boolean {
  return (
    member === undefined ||
    member === null ||
    member === false ||
    (Array.isArray(member) && member.length === 0)
  );
}

/** @throws AwsError `InvalidInputException` */
export function wholeNumberWithin(name: string, value: number, smallest: number, largest: number): number {
  if (Number.isInteger(value) && value >= smallest && value <= largest) return value;
  throw invalidInput(`Invalid ${name}: ${value} is not a whole number from ${smallest} to ${largest}`);
}
