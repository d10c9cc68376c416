import type { PlaceContext } from '../place-context.js';
import type { EventEntry } from '../ports.js';
import { AwsError } from '../wire/aws-error.js';
import { jsonService } from '../wire/json-service.js';
import { serviceOperations } from '../wire/operation.js';
import { busOperations } from './bus-operations.js';
import { busPolicyProvider, busProvider } from './bus-providers.js';
import { deliverEvent, type EventTargets, type ExecutionStart } from './deliver-event.js';
import { type NewDelivery, openDeliveryQueue } from './delivery-queue.js';
import { type BusEvent, eventOf } from './event.js';
import { putEvents } from './put-events.js';
import { busNameOf, RuleBook, type StoredRule } from './rule-book.js';
import { createRuleKeeper } from './rule-keeper.js';
import { ruleOperations } from './rule-operations.js';
import { ruleProvider } from './rule-provider.js';
import { createScheduler } from './scheduler.js';
import { targetOperations } from './target-operations.js';

export interface EventsOptions extends Pick<EventTargets, 'functions' | 'logs' | 'queues'> {
  /**
   * Starts an execution for a rule.
   * @default a target that is a state machine fails as if the machine did not exist
   */
  readonly startExecution?: EventTargets['startExecution'];
  /** Receives each event that is put on a bus, before rules are applied. @default events are not observed */
  readonly onEvent?: ((event: EventEntry) => void) | undefined;
}

/** EventBridge: buses, rules and schedules. */
export type Events = Awaited<ReturnType<typeof createEvents>>;

/** Opens EventBridge with the buses, rules and undelivered events in the data folder. */
export async function createEvents(context: PlaceContext, options: EventsOptions) {
  const book = await RuleBook.open(context);
  const deliveries = await openDeliveryQueue({
    context,
    queues: options.queues,
    deliver: (delivery) => deliverEvent({ startExecution: noStateMachines, ...options, forward }, delivery),
  });
  async function ingest(busName: string, event: BusEvent, forwarded: boolean): Promise<void> {
    const rules = book.matching(busName, event);
    if (rules.length === 0) return;
    await deliveries.accept(rules.flatMap((rule) => deliveriesOf(book, rule, event, forwarded)));
  }
  async function forward(busArn: string, event: BusEvent): Promise<void> {
    await ingest(book.bus(busArn).name, event, true);
  }
  const send = async (entry: EventEntry): Promise<string> => {
    const isOfService = entry.source.startsWith('aws.');
    if (!isOfService) context.quotas.take({ service: 'events', operation: 'PutEvents' });
    const busName = busNameOf(entry.eventBusName);
    const event = eventOf(context, entry);
    options.onEvent?.(entry);
    // EventBridge drops an event for a missing bus silently. Here it is reported, because it is usually a mistake.
    if (!book.hasBus(busName))
      context.reportProblem(`An event was put on bus ${busName}, which does not exist`);
    else await ingest(busName, event, false);
    return event.id;
  };
  const scheduler = createScheduler(context, async ({ busName, name }) => {
    const rule = book.rule(busName, name);
    const event = eventOf(context, {
      source: 'aws.events',
      detailType: 'Scheduled Event',
      detail: '{}',
      resources: [book.ruleArn(rule)],
    });
    await deliveries.accept(deliveriesOf(book, rule, event, false));
  });
  for (const { name } of book.buses()) for (const rule of book.rules(name)) scheduler.set(rule);
  const keeper = createRuleKeeper(book, scheduler);

  return {
    send,
    service: jsonService({
      signingName: 'events',
      targetPrefix: 'AWSEvents',
      jsonVersion: '1.1',
      operations: serviceOperations('ValidationException', {
        PutEvents: putEvents(send),
        ...busOperations(book),
        ...ruleOperations(book, keeper),
        ...targetOperations(book, keeper),
      }),
    }),
    resourceProviders: [busProvider(book), busPolicyProvider, ruleProvider(book, keeper)],
    /** Stops schedules and deliveries. Accepted events that remain are delivered after the next start. */
    close: async () => {
      await Promise.all([scheduler.close(), deliveries.close()]);
    },
  };
}

function deliveriesOf(book: RuleBook, rule: StoredRule, event: BusEvent, forwarded: boolean): NewDelivery[] {
  const ruleArn = book.ruleArn(rule);
  return rule.targets.map((target) => ({ ruleName: rule.name, ruleArn, target, event, forwarded }));
}

async function noStateMachines({ stateMachineArn }: ExecutionStart): Promise<void> {
  throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
}
