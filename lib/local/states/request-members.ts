import { AwsError } from '../wire/aws-error.js';

/** A request to Step Functions, read member by member. */
export class RequestMembers {
  private readonly input: Readonly<Record<string, unknown>>;

  /** @throws AwsError `ValidationException` for a member that is not named, since ignoring it would change what is done */
  constructor(input: object, names: readonly string[]) {
    this.input = input as Record<string, unknown>;
    const unknown = Object.keys(input).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw validation(`The local place does not take the member '${unknown}'; it takes ${names.join(', ')}`);
    }
  }

  text(name: string, maxLength = 1_000_000): string {
    const text = this.optionalText(name, maxLength);
    if (text === undefined) throw constraint('null', name, 'Member must not be null');
    return text;
  }

  optionalText(name: string, maxLength = 1_000_000): string | undefined {
    const value = this.input[name] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw new AwsError('SerializationException', `'${name}' is not a string`);
    if (value.length <= maxLength) return value;
    throw constraint('', name, `Member must have length less than or equal to ${maxLength}`);
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const value = this.optionalText(name);
    if (value === undefined || values.includes(value as T)) return value as T | undefined;
    throw constraint(`'${value}'`, name, `Member must satisfy enum value set: [${values.join(', ')}]`);
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.input[name] ?? otherwise;
    if (typeof value === 'boolean') return value;
    throw new AwsError('SerializationException', `'${name}' is not true or false`);
  }

  /** Items per page: 1 to 1,000, and 100 when 0 or absent. */
  pageSize(): number {
    const value = this.input.maxResults ?? 0;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1_000)
      return value || 100;
    throw constraint(JSON.stringify(value), 'maxResults', 'Member must have value from 0 to 1000');
  }

  /** Where the page begins. @throws AwsError `InvalidToken` */
  pageStart(): number {
    const token = this.optionalText('nextToken');
    if (token === undefined) return 0;
    if (/^\d{1,9}$/.test(token)) return Number(token);
    throw new AwsError('InvalidToken', `Invalid Token: '${token}'`);
  }
}

export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function constraint(value: string, name: string, constraint: string): AwsError {
  return validation(
    `1 validation error detected: Value ${value} at '${name}' failed to satisfy constraint: ${constraint}`,
  );
}
