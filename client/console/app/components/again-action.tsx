import { useEffect, useState } from 'preact/hooks';

import type { RunRecord } from '../../../../lib/contract/index.js';
import type { RequestView, StartedRun } from '../../api.js';
import { getJson, postJson } from '../fetch-api.js';
import { useLoaded } from '../hooks.js';
import { argumentsOf, type ArgumentTexts, bodyOf, faultOf } from '../model/arguments.js';
import { navigate } from '../router.js';
import { AskedAction } from './asked-action.js';

/** The button that starts a run again, with the same arguments or with others. */
export function AgainAction({ record }: { readonly record: RunRecord }) {
  const { runId, kind } = record;
  const [isChanging, setChanging] = useState(false);
  const [texts, setTexts] = useState<ArgumentTexts>();
  const fault = texts === undefined ? undefined : faultOf(texts);
  const isReady = !isChanging || (texts !== undefined && fault === undefined);
  const reset = () => {
    setChanging(false);
    setTexts(undefined);
  };
  const start = async () => {
    const body = bodyOf(isChanging ? texts : undefined);
    const started = await postJson<StartedRun>(`/api/runs/${runId}/again`, body);
    navigate(`/runs/${started.runId}`);
  };
  return (
    <AskedAction name="Run again" isWide={isChanging} isReady={isReady} onOpen={reset} act={start}>
      <p>Start this run again, with the same code and options?</p>
      {/* Commands have no arguments. */}
      {kind !== 'commands' && (
        <label class="check">
          <input
            type="checkbox"
            checked={isChanging}
            onChange={(event) => setChanging(event.currentTarget.checked)}
          />{' '}
          With other arguments
        </label>
      )}
      {isChanging && <ArgumentsEditor runId={runId} texts={texts} setTexts={setTexts} fault={fault} />}
    </AskedAction>
  );
}

/** An editor of arguments. It begins with those of the run. */
function ArgumentsEditor(props: {
  readonly runId: string;
  readonly texts: ArgumentTexts | undefined;
  readonly setTexts: (texts: ArgumentTexts) => void;
  readonly fault: string | undefined;
}) {
  const { runId, texts, setTexts, fault } = props;
  const { value, error } = useLoaded(runId, (signal) =>
    getJson<RequestView>(`/api/runs/${runId}/request`, signal),
  );
  const original = value?.invocation === undefined ? undefined : argumentsOf(value.invocation);
  useEffect(() => {
    if (original !== undefined && texts === undefined) setTexts(original);
  }, [value]);
  if (texts === undefined) {
    if (error !== undefined) return <p class="problem">{error}</p>;
    if (value === undefined) return <p class="quiet">Loading …</p>;
    return (
      <p class="problem">
        {value.invocationProblem ?? 'The arguments of this run are too large to edit here.'}
      </p>
    );
  }
  return (
    <>
      <JsonField
        name="Arguments, as a JSON array"
        text={texts.args}
        setText={(args) => setTexts({ ...texts, args })}
        isInvalid={fault !== undefined}
      />
      {texts.kwargs !== undefined && (
        <JsonField
          name="Keyword arguments, as a JSON object"
          text={texts.kwargs}
          setText={(kwargs) => setTexts({ ...texts, kwargs })}
          isInvalid={fault !== undefined}
        />
      )}
      <p class="editor-fault" role="status">
        {fault ?? ''}
      </p>
    </>
  );
}

function JsonField(props: {
  readonly name: string;
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly isInvalid: boolean;
}) {
  const { name, text, setText, isInvalid } = props;
  return (
    <label>
      {name}
      <textarea
        rows={Math.min(16, Math.max(4, text.split('\n').length + 1))}
        spellcheck={false}
        value={text}
        aria-invalid={isInvalid}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </label>
  );
}
