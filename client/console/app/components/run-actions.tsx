import { useRef, useState } from 'preact/hooks';

import type { RunRecord } from '../../../../lib/contract/index.js';
import type { StartedRun } from '../../api.js';
import { messageOf, postJson } from '../fetch-api.js';
import { isActive } from '../model/run-list.js';
import { navigate } from '../router.js';

/** Buttons that cancel a run or start it again. Both ask first. */
export function RunActions({ record }: { readonly record: RunRecord }) {
  const { runId } = record;
  return isActive(record) ? (
    <AskedAction
      key="cancel"
      name="Cancel run"
      question="Cancel this run? Its build is stopped."
      hasReason
      act={async (reason) => {
        await postJson(`/api/runs/${runId}/cancel`, reason === '' ? {} : { reason });
      }}
    />
  ) : (
    <AskedAction
      key="again"
      name="Run again"
      question="Start this run again, with the same code, arguments and options?"
      act={async () => {
        const started = await postJson<StartedRun>(`/api/runs/${runId}/again`, {});
        navigate(`/runs/${started.runId}`);
      }}
    />
  );
}

function AskedAction(props: {
  readonly name: string;
  readonly question: string;
  readonly hasReason?: boolean;
  readonly act: (reason: string) => Promise<void>;
}) {
  const { name, question, hasReason = false, act } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const confirm = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await act(reason.trim());
      dialog.current?.close();
    } catch (failure) {
      setError(messageOf(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button type="button" class={hasReason ? 'danger' : ''} onClick={() => dialog.current?.showModal()}>
        {name}
      </button>
      <dialog ref={dialog} aria-label={name}>
        <form onSubmit={(event) => void confirm(event)}>
          <p>{question}</p>
          {hasReason && (
            <label>
              Reason (optional, stored in the record)
              <input type="text" value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
            </label>
          )}
          {error !== undefined && (
            <p class="problem" role="alert">
              {error}
            </p>
          )}
          <div class="buttons">
            <button type="button" onClick={() => dialog.current?.close()}>
              Back
            </button>
            <button type="submit" class={hasReason ? 'danger' : 'primary'} disabled={isBusy}>
              {name}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
