import { LocalAwsError } from '../local-aws-error.js';
import { invalid } from './intrinsics.js';
import type { Json } from '../resources/resource-provider.js';
import type { TemplateParameter } from './template.js';

/** The value of a parameter: as text, and in the form that `Ref` returns. */
export interface ParameterValue {
  readonly text: string;
  readonly value: Json;
}

/**
 * The parameter that contains the version of the bootstrap stack. Only the rule that checks this version uses it.
 */
const BOOTSTRAP_PARAMETER = /^\/cdk-bootstrap\/[^/]+\/version$/;

/**
 * Returns the values of a template's parameters: from the request, or else the default.
 *
 * @throws LocalAwsError `InvalidTemplate` for a missing, unknown or refused value, `UnsupportedTemplate` for an
 * unsupported type
 */
export function parameterValues(
  declared: Readonly<Record<string, TemplateParameter>>,
  requested: Readonly<Record<string, string>>,
): ReadonlyMap<string, ParameterValue> {
  const unknown = Object.keys(requested).filter((name) => !Object.hasOwn(declared, name));
  if (unknown.length > 0) {
    throw invalid(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  }
  const missing = Object.entries(declared)
    .filter(([name, parameter]) => requested[name] === undefined && parameter.Default === undefined)
    .map(([name]) => name);
  if (missing.length > 0) throw invalid(`Parameters: [${missing.join(', ')}] must have values`);
  return new Map(
    Object.entries(declared).map(([name, parameter]) => {
      const text = requested[name] ?? String(parameter.Default);
      return [name, { text, value: parameterValue(name, parameter, text) }];
    }),
  );
}

function parameterValue(name: string, parameter: TemplateParameter, text: string): Json {
  switch (parameter.Type) {
    case 'String':
    case 'Number':
      checkConstraints(name, parameter, text);
      return text;
    case 'CommaDelimitedList':
    case 'List<Number>':
    case 'List<String>': {
      const list = text === '' ? [] : text.split(',').map((entry) => entry.trim());
      list.forEach((entry) => checkConstraints(name, parameter, entry));
      return list;
    }
    case 'AWS::SSM::Parameter::Value<String>':
      if (BOOTSTRAP_PARAMETER.test(text)) return text;
      break;
    default:
  }
  throw new LocalAwsError(
    'UnsupportedTemplate',
    `The local AWS cannot resolve the parameter ${name} of type ${parameter.Type}. Use the type String.`,
  );
}

/**
 * Refuses a value that the declaration of its parameter does not allow.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */
function checkConstraints(name: string, parameter: TemplateParameter, text: string): void {
  const { AllowedValues, AllowedPattern, MinLength, MaxLength, MinValue, MaxValue } = parameter;
  const isKind = !parameter.Type.includes('Number') || (text.trim() !== '' && !Number.isNaN(Number(text)));
  const isAllowed =
    (AllowedValues === undefined || AllowedValues.map(String).includes(text)) &&
    (AllowedPattern === undefined || new RegExp(`^(?:${AllowedPattern})$`).test(text));
  const isInRange = isWithin(text.length, MinLength, MaxLength) && isWithin(Number(text), MinValue, MaxValue);
  if (isKind && isAllowed && isInRange) return;
  throw invalid(
    `Parameter ${name} failed to satisfy constraint: ${parameter.ConstraintDescription ?? describe(parameter)}`,
  );
}

/**
 * Returns whether a value is within optional bounds. NaN is within any bounds, because all comparisons with it are
 * false.
 */
function isWithin(value: number, min: number | undefined, max: number | undefined): boolean {
  return !(value < (min ?? -Infinity)) && !(value > (max ?? Infinity));
}

function describe(parameter: TemplateParameter): string {
  const { Type, AllowedValues, AllowedPattern, MinLength, MaxLength, MinValue, MaxValue } = parameter;
  return JSON.stringify({ Type, AllowedValues, AllowedPattern, MinLength, MaxLength, MinValue, MaxValue });
}
