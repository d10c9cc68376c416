import jsonata from 'jsonata';

import { KeyedLock } from '../../durable/keyed-lock.js';
import { nestingOf } from '../../wire/text-nesting.js';
import { boundedPad, quickDistinct } from './bounded-functions.js';
import { BoundedRegex } from './bounded-regex.js';
import { QUERY_EVALUATION_ERROR, StateError } from './state-error.js';
import { statesFunctions } from './states-functions.js';
import { createScale, type Scale } from './value-weight.js';

/**
 * Maximum recursion depth and duration of an evaluation, as in Step Functions. The duration is in processor time here,
 * because a busy machine may give this process no processor for seconds.
 */
const DEPTH_MAX = 100;
const TIME_MAX_MS = 5_000;

/** Maximum nesting depth of a query to parse. Evaluation allows less, but reports its own error. */
const NESTING_MAX = 500;
const QUERY_MAX_CHARACTERS = 32_768;

/** The values that an expression can use. */
export interface Scope {
  /** The value of `$states`. */
  readonly states: Readonly<Record<string, unknown>>;
  /** Values that earlier states assigned. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The time that `$now()` and `$millis()` return. */
  readonly nowMs: number;
}

/** Returns whether a string of the definition is a JSONata expression. */
export function isExpression(text: string): boolean {
  return text.startsWith('{%') && text.endsWith('%}') && text.length >= 4;
}

/** Returns the JSONata query inside `{% %}`. */
export function queryOf(text: string): string {
  return text.slice(2, -2).trim();
}

/**
 * Evaluates an expression.
 * @param location field of the state, for the error
 * @returns JSON that shares no objects with the scope
 * @throws StateError `States.QueryEvaluationError`, also for an undefined result, one that is not JSON, or a timeout
 */
export async function evaluateExpression(text: string, scope: Scope, location: string): Promise<unknown> {
  const query = queryOf(text);
  const subject = `The JSONata expression '${query}' specified for the field '${location}'`;
  let result: unknown;
  try {
    result = await lock.run('', () => evaluateBounded(compiled(query), scope));
  } catch (error) {
    throw new StateError(
      QUERY_EVALUATION_ERROR,
      `${subject} threw an error during evaluation. ${explain(error)}`,
      location,
    );
  }
  const plain = plainJson(result, () => {
    throw new StateError(
      QUERY_EVALUATION_ERROR,
      `${subject} returned a function, which is not JSON.`,
      location,
    );
  });
  if (plain === undefined) {
    throw new StateError(QUERY_EVALUATION_ERROR, `${subject} returned nothing (undefined).`, location);
  }
  return plain;
}

/** Returns the syntax tree of a query. @throws Error with the position of a syntax error */
export function checkQuery(query: string): jsonata.ExprNode {
  try {
    return parsed(query).ast();
  } catch (error) {
    throw new Error(explain(error), { cause: error });
  }
}

/**
 * Parses a query. All queries use the regular-expression engine that was passed to JSONata last, so each call passes
 * {@link BoundedRegex}.
 */
function parsed(query: string): jsonata.Expression {
  const isTooLong = query.length > QUERY_MAX_CHARACTERS || /(?:-\s*){100}/.test(query);
  if (isTooLong || nestingOf(query) > NESTING_MAX) {
    throw new RangeError('Expression is too long or nested too deeply to be parsed');
  }
  return jsonata(query, { RegexEngine: BoundedRegex as unknown as RegExp });
}

interface Compiled {
  readonly expression: jsonata.Expression;
  budget: Budget;
}

/** Resources that one evaluation has used. */
interface Budget {
  depth: number;
  /** Processor time before the last yield. */
  usedMs: number;
  /** Processor time of this process at the last yield. */
  yieldedAtProcessorMs: number;
  /** Time of the machine's clock at which the evaluation lets other code run. */
  yieldAtMs: number;
  readonly scale: Scale;
  /** The time that `$millis()` returns. */
  readonly nowMs: number;
}

function newBudget(nowMs: number): Budget {
  return {
    depth: 0,
    usedMs: 0,
    yieldedAtProcessorMs: processorMs(),
    yieldAtMs: performance.now() + YIELD_AFTER_MS,
    scale: createScale(),
    nowMs,
  };
}

/** Maximum time for which an evaluation blocks the event loop. */
const YIELD_AFTER_MS = 20;

const COMPILED_MAX = 2_000;
const compiledByQuery = new Map<string, Compiled>();

function compiled(query: string): Compiled {
  const known = compiledByQuery.get(query);
  if (known !== undefined) return known;
  const made = compile(query);
  const [oldest] = compiledByQuery.keys();
  if (compiledByQuery.size >= COMPILED_MAX && oldest !== undefined) compiledByQuery.delete(oldest);
  compiledByQuery.set(query, made);
  return made;
}

interface WithSymbols {
  assign(name: symbol, value: unknown): void;
}

function compile(query: string): Compiled {
  const expression = parsed(query);
  const made: Compiled = { expression, budget: newBudget(0) };
  const hooks = expression as unknown as WithSymbols;
  hooks.assign(Symbol.for('jsonata.__evaluate_entry'), () => {
    return spend(made.budget);
  });
  hooks.assign(
    Symbol.for('jsonata.__evaluate_exit'),
    (_step: unknown, _input: unknown, _frame: unknown, result: unknown) => {
      made.budget.depth -= 1;
      made.budget.scale.weigh(result);
    },
  );
  expression.registerFunction('millis', () => made.budget.nowMs, '<:n>');
  expression.registerFunction(
    'now',
    function (picture: unknown, timezone: unknown) {
      const fromMillis = this.environment.lookup('fromMillis') as {
        implementation: (...args: unknown[]) => unknown;
      };
      return fromMillis.implementation.call(this, made.budget.nowMs, picture, timezone);
    },
    '<s?s?:s>',
  );
  expression.registerFunction('pad', boundedPad, '<s-ns?:s>');
  expression.registerFunction('distinct', quickDistinct, '<x:x>');
  return made;
}

/** Counts a step of an evaluation. If it returns a promise, the evaluation must wait for that promise. */
function spend(budget: Budget): Promise<void> | undefined {
  budget.depth += 1;
  if (budget.depth > DEPTH_MAX) {
    throw new RangeError(
      `Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive. Depth=${budget.depth} max=${DEPTH_MAX}`,
    );
  }
  if (performance.now() < budget.yieldAtMs) return undefined;
  budget.usedMs += processorMs() - budget.yieldedAtProcessorMs;
  if (budget.usedMs > TIME_MAX_MS)
    throw new RangeError('Expression evaluation timeout: Check for infinite loop');
  return yieldOnce(budget);
}

/** Lets other code run, whose processor time does not count. */
async function yieldOnce(budget: Budget): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  budget.yieldedAtProcessorMs = processorMs();
  budget.yieldAtMs = performance.now() + YIELD_AFTER_MS;
}

/** Time for which a reading of the processor time is used again, because it takes longer than a short evaluation. */
const READING_LASTS_MS = 5;
let reading = { ms: 0, untilMs: -1 };

/** Returns the processor time that this process has used. */
function processorMs(): number {
  const nowMs = performance.now();
  if (nowMs >= reading.untilMs) {
    const { user, system } = process.cpuUsage();
    reading = { ms: (user + system) / 1_000, untilMs: nowMs + READING_LASTS_MS };
  }
  return reading.ms;
}

function evaluateBounded(made: Compiled, scope: Scope): Promise<unknown> {
  made.budget = newBudget(scope.nowMs);
  return made.expression.evaluate(undefined, {
    ...statesFunctions,
    ...scope.variables,
    states: scope.states,
  }) as Promise<unknown>;
}

/** Serializes evaluations, because a compiled query refers to one budget. */
const lock = new KeyedLock();

/**
 * Converts JSONata's sequences, which are arrays with additional properties, to plain arrays. Leaves out values that
 * JSON cannot represent.
 */
function plainJson(value: unknown, refuseFunction: () => never): unknown {
  if (typeof value === 'function') refuseFunction();
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'object' || value === null) return value;
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) refuseFunction();
  if (Array.isArray(value)) {
    return value.map((item) => plainJson(item, refuseFunction)).filter((item) => item !== undefined);
  }
  const entries = Object.entries(value)
    .map(([key, item]) => [key, plainJson(item, refuseFunction)] as const)
    .filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries);
}

function explain(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : JSON.stringify(error);
  return typeof code === 'string' ? `${code}: ${text}` : text;
}
