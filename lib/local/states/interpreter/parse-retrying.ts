import { DefinitionFields } from './definition-fields.js';
import type { Catcher, Retrier, Retrying } from './definition.js';

export const RETRYING_FIELDS = ['Retry', 'Catch'];

/** Reads `Retry` and `Catch`. @throws AwsError `InvalidDefinition` */
export function parseRetrying(fields: DefinitionFields): Retrying {
  return {
    retry: parseList(fields, 'Retry', parseRetrier),
    catch: parseList(fields, 'Catch', parseCatcher),
  };
}

function parseList<T>(
  fields: DefinitionFields,
  name: string,
  parse: (item: DefinitionFields, isLast: boolean) => T,
): readonly T[] {
  const value = fields.get(name);
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw fields.problem('Expected an array', name);
  return value.map((item: unknown, index) =>
    parse(new DefinitionFields(item, `${fields.path}/${name}[${index}]`), index === value.length - 1),
  );
}

const RETRIER_FIELDS = [
  'Comment',
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
];

function parseRetrier(fields: DefinitionFields, isLast: boolean): Retrier {
  fields.only(RETRIER_FIELDS, 'a Retrier');
  const intervalSeconds = fields.number('IntervalSeconds', { min: 1, max: 99_999_999 }) ?? 1;
  const maxDelaySeconds = fields.number('MaxDelaySeconds', { min: 1, max: 31_622_400 });
  if (maxDelaySeconds !== undefined && maxDelaySeconds <= intervalSeconds) {
    throw fields.problem('MaxDelaySeconds must be greater than IntervalSeconds', 'MaxDelaySeconds');
  }
  const jitterStrategy = fields.get('JitterStrategy') ?? 'NONE';
  if (jitterStrategy !== 'NONE' && jitterStrategy !== 'FULL') {
    throw fields.problem('Expected "NONE" or "FULL"', 'JitterStrategy');
  }
  return {
    errorEquals: parseErrorEquals(fields, isLast),
    intervalSeconds,
    maxAttempts: fields.number('MaxAttempts', { min: 0, max: 99_999_999 }) ?? 3,
    backoffRate: fields.number('BackoffRate', { min: 1, max: Number.MAX_VALUE, whole: false }) ?? 2,
    maxDelaySeconds,
    jitterStrategy,
  };
}

function parseCatcher(fields: DefinitionFields, isLast: boolean): Catcher {
  fields.only(['Comment', 'ErrorEquals', 'Next', 'Assign', 'Output'], 'a Catcher');
  return {
    errorEquals: parseErrorEquals(fields, isLast),
    next: fields.string('Next'),
    ...fields.assigning({ errorOutput: true }),
  };
}

function parseErrorEquals(fields: DefinitionFields, isLast: boolean): readonly string[] {
  const names = fields.strings('ErrorEquals');
  if (names.includes('States.ALL') && (names.length > 1 || !isLast)) {
    throw fields.problem('States.ALL must be the only name, in the last item', 'ErrorEquals');
  }
  return names;
}
