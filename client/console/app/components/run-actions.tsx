import { useState } from 'preact/hooks';

import type { RunRecord } from '../../../../lib/contract/index.js';
import { postJson } from '../fetch-api.js';
import { isActive } from '../model/run-list.js';
import { AgainAction } from './again-action.js';
import { AskedAction, cancellationOf, ReasonField } from './asked-action.js';

/** Buttons that cancel a run or start it again. Both ask first. */
export function RunActions({ record }: { readonly record: RunRecord }) {
  const { runId } = record;
  const [reason, setReason] = useState('');
  if (isActive(record))
    return (
      <AskedAction
        key="cancel"
        name="Cancel run"
        isDanger
        act={async () => {
          await postJson(`/api/runs/${runId}/cancel`, cancellationOf(reason));
        }}
      >
        <p>Cancel this run? Its build is stopped.</p>
        <ReasonField reason={reason} setReason={setReason} storedIn="the record" />
      </AskedAction>
    );
  return <AgainAction key="again" record={record} />;
}
