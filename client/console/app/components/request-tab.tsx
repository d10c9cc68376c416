import type { RequestView } from '../../api.js';
import { getJson } from '../fetch-api.js';
import { useLoaded } from '../hooks.js';
import { CodeBlock } from './code-block.js';
import { ProblemNote } from './problem.js';

/** What a run was started with: target, arguments, options. */
export function RequestTab({ runId }: { readonly runId: string }) {
  const { value, error } = useLoaded(runId, (signal) =>
    getJson<RequestView>(`/api/runs/${runId}/request`, signal),
  );
  if (value === undefined)
    return error === undefined ? <p class="quiet">Loading …</p> : <ProblemNote message={error} />;
  return (
    <>
      <h3>Invocation</h3>
      {value.invocation === undefined ? (
        <p class="quiet">{value.invocationProblem}</p>
      ) : (
        <CodeBlock text={indented(value.invocation)} what="the invocation" />
      )}
      <h3>Run request</h3>
      <CodeBlock text={value.request} what="the request" />
    </>
  );
}

/** Indents JSON. A text that was truncated stays as it is. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
