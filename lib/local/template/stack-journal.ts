import { randomUUID } from 'node:crypto';

import type { Clock } from '../clock.js';
import type {
  ResourceStatus,
  StackEvent,
  StackRecord,
  StackResourceRecord,
  StackStatus,
  UnrecordedResource,
} from './stack-record.js';
import type { StackStore } from './stack-store.js';

/**
 * Records the progress of one operation on a stack. The record and the event of each step are stored before the next
 * step starts.
 */
export class StackJournal {
  readonly #store: StackStore;
  readonly #clock: Clock;
  #record: StackRecord;
  /** The record as this journal stored it last. */
  #stored: StackRecord | undefined;

  constructor(store: StackStore, clock: Clock, record: StackRecord) {
    this.#store = store;
    this.#clock = clock;
    this.#record = record;
  }

  get record(): StackRecord {
    return this.#record;
  }

  /** Records a new status of the stack. */
  async stack(status: StackStatus, reason?: string, changes: Partial<StackRecord> = {}): Promise<void> {
    const { stackName: logicalId, stackId: physicalId } = this.#record;
    const event = { logicalId, physicalId, type: 'AWS::CloudFormation::Stack', status, reason };
    await this.#write({ ...this.#record, ...changes, status, statusReason: reason }, event);
  }

  /** Records a new status of a resource. A resource that the stack does not have yet is added at the end. */
  async resource(resource: UnrecordedResource, status: ResourceStatus, reason?: string): Promise<void> {
    const { logicalId, type, physicalId = '', properties } = resource;
    const changed: StackResourceRecord = { ...resource, status, updatedAtMs: this.#clock.now(), reason };
    const { resources } = this.#record;
    const isKnown = resources.some((known) => known.logicalId === logicalId);
    const kept = isKnown
      ? resources.map((known) => (known.logicalId === logicalId ? changed : known))
      : [...resources, changed];
    const event = { logicalId, physicalId, type, status, reason, properties };
    await this.#write({ ...this.#record, resources: kept }, event);
  }

  /** Records whether a resource is kept when the stack is deleted. No event is recorded for this. */
  async retention(logicalId: string, retained: boolean): Promise<void> {
    const { resources } = this.#record;
    if (resources.every((known) => known.logicalId !== logicalId || known.retained === retained)) return;
    await this.#put({
      ...this.#record,
      resources: resources.map((known) => (known.logicalId === logicalId ? { ...known, retained } : known)),
    });
  }

  /** Removes a resource from the stack's record. Its events are kept. */
  async forget(logicalId: string): Promise<void> {
    const resources = this.#record.resources.filter((resource) => resource.logicalId !== logicalId);
    await this.#put({ ...this.#record, resources });
  }

  /** Sorts the resources into dependency order. */
  async reorder(order: readonly string[]): Promise<void> {
    const rank = new Map(order.map((logicalId, index) => [logicalId, index]));
    const resources = [...this.#record.resources].sort(
      (left, right) => (rank.get(left.logicalId) ?? -1) - (rank.get(right.logicalId) ?? -1),
    );
    await this.#put({ ...this.#record, resources });
  }

  async #write(record: StackRecord, step: StepEvent): Promise<void> {
    const { stackId, stackName, eventCount } = record;
    const timestampMs = this.#clock.now();
    await this.#store.addEvent(
      { ...step, eventId: randomUUID(), stackId, stackName, timestampMs },
      eventCount,
    );
    await this.#put({ ...record, eventCount: eventCount + 1 });
  }

  async #put(record: StackRecord): Promise<void> {
    this.#record = record;
    await this.#store.put(record, this.#stored);
    this.#stored = record;
  }
}

type StepEvent = Omit<StackEvent, 'eventId' | 'stackId' | 'stackName' | 'timestampMs'>;
