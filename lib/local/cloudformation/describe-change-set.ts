import type { ResourceChange } from '../template/stack-preview.js';
import { parseTemplate } from '../template/template.js';
import type { XmlValue } from '../wire/xml.js';
import type { ChangeSetRecord } from './change-set-store.js';

type Described = Readonly<Record<string, XmlValue>>;

/** Returns a change set in the API's form. */
export function describeChangeSet(record: ChangeSetRecord): Described {
  const { parameters = {}, tags = {}, templateText } = record.request;
  const declared = parseTemplate(templateText).Parameters;
  return {
    ...summarizeChangeSet(record),
    Parameters: {
      member: Object.entries(parameters).map(([name, value]) => ({
        ParameterKey: name,
        ParameterValue: String(declared[name]?.NoEcho) === 'true' ? '****' : value,
      })),
    },
    Tags: { member: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
    Capabilities: { member: [] },
    NotificationARNs: { member: [] },
    RollbackConfiguration: {},
  };
}

export function summarizeChangeSet(record: ChangeSetRecord): Described {
  return {
    ChangeSetId: record.changeSetId,
    ChangeSetName: record.name,
    StackId: record.stackId,
    StackName: record.stackName,
    Description: record.description,
    Status: record.status,
    StatusReason: record.statusReason,
    ExecutionStatus: record.executionStatus,
    CreationTime: new Date(record.createdAtMs).toISOString(),
    IncludeNestedStacks: false,
  };
}

/**
 * Returns a change in the API's form. `Replacement` is always `False`: most providers update a resource in place, and
 * whether a provider replaces it is known only after the update.
 */
export function describeChange({ action, logicalId, physicalId, type }: ResourceChange): Described {
  return {
    Type: 'Resource',
    ResourceChange: {
      Action: action,
      LogicalResourceId: logicalId,
      PhysicalResourceId: physicalId,
      ResourceType: type,
      Replacement: action === 'Modify' ? 'False' : undefined,
      Scope: { member: action === 'Modify' ? ['Properties'] : [] },
      Details: { member: [] },
    },
  };
}
