import type { RunRecord } from '../../../../lib/contract/index.js';
import type { ValueView } from '../../api.js';
import { getJson } from '../fetch-api.js';
import { useLoaded } from '../hooks.js';
import { isActive } from '../model/run-list.js';
import { CodeBlock } from './code-block.js';
import { ProblemNote } from './problem.js';

/** How a run ended: its value, its exported variables, its record. */
export function OutcomeTab({ record }: { readonly record: RunRecord }) {
  return (
    <>
      {record.status === 'SUCCEEDED' && record.kind !== 'commands' && <Value runId={record.runId} />}
      {isActive(record) && <p class="quiet">The run has not ended.</p>}
      {record.exportedVariables !== undefined && (
        <>
          <h3>Exported variables</h3>
          <CodeBlock
            text={JSON.stringify(record.exportedVariables, undefined, 2)}
            what="the exported variables"
          />
        </>
      )}
      <h3>Record</h3>
      <CodeBlock text={JSON.stringify(record, undefined, 2)} what="the record" />
    </>
  );
}

function Value({ runId }: { readonly runId: string }) {
  const { value, error } = useLoaded(runId, (signal) =>
    getJson<ValueView>(`/api/runs/${runId}/value`, signal),
  );
  const isPart = value !== undefined && value.value.length < value.characters;
  return (
    <>
      <h3>Value</h3>
      <ProblemNote message={error} />
      {isPart && (
        <p class="quiet">
          The first {value.value.length} of {value.characters} characters.
        </p>
      )}
      {value !== undefined && <CodeBlock text={value.value} what="the value" />}
    </>
  );
}
