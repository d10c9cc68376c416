import { compileEventPattern, type EventTest } from '../../../lib/local/events/event-pattern.js';
import { resolved } from '../../seedkit/resolved-template.js';
import { synthesizedTemplate } from '../../seedkit/synthesized-template.js';

/** A rule that invokes a handler for events. */
export interface Rule {
  readonly bus: string;
  readonly matches: EventTest;
  readonly handler: string;
}

/** What the simulation reads from the synthesized template, in addition to the state machine. */
export interface Deployed {
  readonly rules: readonly Rule[];
  /** Timeouts of the functions by handler, in seconds. */
  readonly timeouts: Readonly<Record<string, number>>;
}

let deployed: Deployed | undefined;

/** Returns rules and timeouts of the seedkit `demo`. They are synthesized once, for all worlds. */
export function readDeployed(): Deployed {
  return (deployed ??= synthesizedParts());
}

function synthesizedParts(): Deployed {
  const template = synthesizedTemplate();
  const resources = Object.values(template.Resources).map(({ Type, Properties }) => ({
    type: Type,
    properties: resolved(template, Properties) as Record<string, unknown>,
  }));
  const ofType = (wanted: string) => resources.filter(({ type }) => type === wanted);
  return {
    rules: ofType('AWS::Events::Rule').flatMap(({ properties }) => {
      const { EventPattern, EventBusName = 'default', Targets } = properties as unknown as RuleProperties;
      if (EventPattern === undefined) return [];
      const matches = compileEventPattern(JSON.stringify(EventPattern));
      return Targets.map(({ Arn }) => ({ bus: EventBusName, matches, handler: handlerOf(Arn) }));
    }),
    timeouts: Object.fromEntries(
      ofType('AWS::Lambda::Function').map(({ properties }) => [
        handlerOf(String(properties['FunctionName'])),
        Number(properties['Timeout']),
      ]),
    ),
  };
}

interface RuleProperties {
  readonly EventPattern?: object;
  readonly EventBusName?: string;
  readonly Targets: readonly { readonly Arn: string }[];
}

/** Returns the name of a handler from the name or ARN of its function, which ends with it. */
export function handlerOf(functionName: string): string {
  return functionName.split('codeseeder-demo-').at(-1) ?? '';
}
