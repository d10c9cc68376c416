import type { StackEvent, StackHeader, StackOutput, StackResourceRecord } from '../template/stack-record.js';
import type { StackExport } from '../template/stack-store.js';
import type { XmlValue } from '../wire/xml.js';

type Described = Readonly<Record<string, XmlValue>>;

/** Returns a stack in the API's form. */
export function describeStack(stack: StackHeader): Described {
  return {
    ...summarizeStack(stack),
    Description: stack.description,
    Parameters: {
      member: Object.entries(stack.parameters).map(([name, value]) => ({
        ParameterKey: name,
        ParameterValue: stack.hiddenParameters.includes(name) ? '****' : value,
      })),
    },
    Outputs: { member: stack.outputs.map(describeOutput) },
    Tags: { member: Object.entries(stack.tags).map(([Key, Value]) => ({ Key, Value })) },
    Capabilities: { member: [] },
    NotificationARNs: { member: [] },
    RollbackConfiguration: {},
    DisableRollback: false,
    EnableTerminationProtection: false,
  };
}

export function summarizeStack(stack: StackHeader): Described {
  return {
    StackId: stack.stackId,
    StackName: stack.stackName,
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    CreationTime: isoTime(stack.createdAtMs),
    LastUpdatedTime: isoTime(stack.updatedAtMs),
    DeletionTime: isoTime(stack.deletedAtMs),
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

function describeOutput({ key, value, description, exportName }: StackOutput): Described {
  return { OutputKey: key, OutputValue: value, Description: description, ExportName: exportName };
}

export function describeResource(stack: StackHeader, resource: StackResourceRecord): Described {
  const { LastUpdatedTimestamp, ...summary } = summarizeResource(resource);
  return {
    ...summary,
    StackId: stack.stackId,
    StackName: stack.stackName,
    Timestamp: LastUpdatedTimestamp,
  };
}

export function summarizeResource(resource: StackResourceRecord): Described {
  return {
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    LastUpdatedTimestamp: isoTime(resource.updatedAtMs),
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.reason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

export function describeEvent(event: StackEvent): Described {
  return {
    EventId: event.eventId,
    StackId: event.stackId,
    StackName: event.stackName,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: isoTime(event.timestampMs),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties === undefined ? undefined : JSON.stringify(event.properties),
  };
}

export function describeExport({ stackId, exportName, value }: StackExport): Described {
  return { ExportingStackId: stackId, Name: exportName, Value: value };
}

function isoTime(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}
