import { randomUUID } from 'node:crypto';

import type { Clock } from '../clock.js';
import type { ResourceStatus, StackRecord, StackResourceRecord, StackStatus } from './stack-record.js';
import type { StackStore } from './stack-store.js';

/** Follows one operation on a stack: every step is recorded, with its event, before the next one begins. */
export class StackJournal {
  readonly #store: StackStore;
  readonly #clock: Clock;
  #record: StackRecord;

  constructor(store: StackStore, clock: Clock, record: StackRecord) {
    this.#store = store;
    this.#clock = clock;
    this.#record = record;
  }

  get record(): StackRecord {
    return this.#record;
  }

  /** Records a state of the whole stack. */
  async stack(status: StackStatus, reason?: string, changes: Partial<StackRecord> = {}): Promise<void> {
    const { statusReason: _former, ...record } = this.#record;
    await this.#write(
      { ...record, ...changes, status, ...(reason === undefined ? {} : { statusReason: reason }) },
      {
        logicalId: record.stackName,
        physicalId: record.stackId,
        type: 'AWS::CloudFormation::Stack',
        status,
        ...(reason === undefined ? {} : { reason }),
      },
    );
  }

  /** Records a state of one resource, in its place or after the others. */
  async resource(
    resource: Omit<StackResourceRecord, 'status' | 'reason' | 'updatedAtMs'>,
    status: ResourceStatus,
    reason?: string,
  ): Promise<void> {
    const { logicalId, type, physicalId, attributes, properties, retained } = resource;
    const changed: StackResourceRecord = {
      logicalId,
      type,
      ...(physicalId === undefined ? {} : { physicalId }),
      attributes,
      properties,
      retained,
      status,
      updatedAtMs: this.#clock.now(),
      ...(reason === undefined ? {} : { reason }),
    };
    const { resources } = this.#record;
    const isKnown = resources.some((known) => known.logicalId === logicalId);
    const kept = isKnown
      ? resources.map((known) => (known.logicalId === logicalId ? changed : known))
      : [...resources, changed];
    await this.#write(
      { ...this.#record, resources: kept },
      {
        logicalId,
        physicalId: physicalId ?? '',
        type,
        status,
        ...(reason === undefined ? {} : { reason }),
        properties,
      },
    );
  }

  /** Records whether a resource stays when the stack goes; no event tells of it. */
  async retention(logicalId: string, retained: boolean): Promise<void> {
    const { resources } = this.#record;
    if (resources.every((known) => known.logicalId !== logicalId || known.retained === retained)) return;
    this.#record = {
      ...this.#record,
      resources: resources.map((known) => (known.logicalId === logicalId ? { ...known, retained } : known)),
    };
    await this.#store.put(this.#record);
  }

  /** Takes a resource off the stack; its events stay. */
  async forget(logicalId: string): Promise<void> {
    const resources = this.#record.resources.filter((resource) => resource.logicalId !== logicalId);
    this.#record = { ...this.#record, resources };
    await this.#store.put(this.#record);
  }

  /** Brings the resources into the order that they depend on each other in. */
  async reorder(order: readonly string[]): Promise<void> {
    const rank = new Map(order.map((logicalId, index) => [logicalId, index]));
    const resources = [...this.#record.resources].sort(
      (left, right) => (rank.get(left.logicalId) ?? -1) - (rank.get(right.logicalId) ?? -1),
    );
    this.#record = { ...this.#record, resources };
    await this.#store.put(this.#record);
  }

  async #write(record: StackRecord, step: Omit<StepEvent, 'eventId'>): Promise<void> {
    const { stackId, stackName, eventCount } = record;
    const timestampMs = this.#clock.now();
    await this.#store.addEvent(
      { ...step, eventId: randomUUID(), stackId, stackName, timestampMs },
      eventCount,
    );
    this.#record = { ...record, eventCount: eventCount + 1 };
    await this.#store.put(this.#record);
  }
}

type StepEvent = Omit<Parameters<StackStore['addEvent']>[0], 'stackId' | 'stackName' | 'timestampMs'>;
