/** Reads, checks and sends the arguments of a run that an editor shows. */

/** The arguments of a run as JSON texts. */
export interface ArgumentTexts {
  /** An array. */
  readonly args: string;
  /** An object; absent for a function that has no keyword arguments. */
  readonly kwargs?: string | undefined;
}

/** Returns the arguments of an invocation; undefined if it is not JSON, such as a text that was truncated. */
export function argumentsOf(invocation: string): ArgumentTexts | undefined {
  try {
    const { args = [], kwargs } = JSON.parse(invocation) as { args?: unknown; kwargs?: unknown };
    return { args: indented(args), kwargs: kwargs === undefined ? undefined : indented(kwargs) };
  } catch {
    return undefined;
  }
}

function indented(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}

/** Returns what is wrong with arguments; undefined if they can be sent. */
export function faultOf({ args, kwargs }: ArgumentTexts): string | undefined {
  return (
    faultOfText(args, 'The arguments', Array.isArray, 'an array, such as ["dev", 3]') ??
    (kwargs === undefined
      ? undefined
      : faultOfText(kwargs, 'The keyword arguments', isObject, 'an object, such as {"stage": "dev"}'))
  );
}

function faultOfText(
  text: string,
  subject: string,
  isValid: (value: unknown) => boolean,
  expected: string,
): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `${subject} are not JSON. ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!isValid(value)) return `${subject} must be ${expected}.`;
  const rounded = roundedInteger(value);
  if (rounded === undefined) return undefined;
  return `${subject} have an integer of about ${rounded}, which is beyond 2^53 and would be rounded. Pass it as a string.`;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function roundedInteger(value: unknown): number | undefined {
  if (typeof value === 'number')
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const part of Object.values(value)) {
    const found = roundedInteger(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Returns the body of a request that starts a run again. @param texts undefined for the same arguments */
export function bodyOf(texts: ArgumentTexts | undefined): {
  readonly args?: unknown;
  readonly kwargs?: unknown;
} {
  if (texts === undefined) return {};
  const args: unknown = JSON.parse(texts.args);
  return texts.kwargs === undefined ? { args } : { args, kwargs: JSON.parse(texts.kwargs) as unknown };
}
