import { formatStatus } from '../model/format.js';

/** The status of a run, as a word with the colour of the status. */
export function Status({ status }: { readonly status: string }) {
  return <span class={`status ${status}`}>{formatStatus(status)}</span>;
}
