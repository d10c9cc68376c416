import { CodeseederError } from '../../contract/index.js';
import { invalid } from './intrinsics.js';
import type { Json } from './resource-provider.js';
import type { TemplateParameter } from './template.js';

/** A parameter's value: as it was given, and as `Ref` gives it. */
export interface ParameterValue {
  readonly text: string;
  readonly value: Json;
}

/** The version of the bootstrap stack, which only the rule that checks it reads. */
const BOOTSTRAP_PARAMETER = /^\/cdk-bootstrap\/[^/]+\/version$/;

/**
 * Values of the template's parameters, from what was given, what the stack had, and the defaults.
 *
 * @throws CodeseederError `InvalidTemplate` for a missing, unknown or refused value, `UnsupportedTemplate` for a type
 */
export function parameterValues(
  declared: Readonly<Record<string, TemplateParameter>>,
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, ParameterValue> {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  if (unknown.length > 0) {
    throw invalid(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  }
  const missing = Object.entries(declared)
    .filter(([name, parameter]) => given[name] === undefined && parameter.Default === undefined)
    .map(([name]) => name);
  if (missing.length > 0) throw invalid(`Parameters: [${missing.join(', ')}] must have values`);
  return new Map(
    Object.entries(declared).map(([name, parameter]) => {
      const text = given[name] ?? String(parameter.Default);
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
  throw new CodeseederError(
    'UnsupportedTemplate',
    `The local place cannot resolve the parameter ${name} of type ${parameter.Type}`,
  );
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html */
function checkConstraints(name: string, parameter: TemplateParameter, text: string): void {
  const { AllowedValues, AllowedPattern, MinLength, MaxLength, MinValue, MaxValue } = parameter;
  const isNumber = parameter.Type.includes('Number');
  const broken =
    (isNumber && (text.trim() === '' || Number.isNaN(Number(text)))) ||
    (AllowedValues !== undefined && !AllowedValues.map(String).includes(text)) ||
    (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(text)) ||
    (MinLength !== undefined && text.length < MinLength) ||
    (MaxLength !== undefined && text.length > MaxLength) ||
    (MinValue !== undefined && Number(text) < MinValue) ||
    (MaxValue !== undefined && Number(text) > MaxValue);
  if (!broken) return;
  throw invalid(
    `Parameter ${name} failed to satisfy constraint: ${parameter.ConstraintDescription ?? describe(parameter)}`,
  );
}

function describe(parameter: TemplateParameter): string {
  const { AllowedValues, AllowedPattern, MinLength, MaxLength, MinValue, MaxValue } = parameter;
  const constraints = { AllowedValues, AllowedPattern, MinLength, MaxLength, MinValue, MaxValue };
  return JSON.stringify({ Type: parameter.Type, ...constraints });
}
