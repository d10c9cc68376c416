import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { useMessageOf } from '../seedkit-context.js';

/** A button for an action that asks first, in a dialog. */
export function AskedAction(props: {
  readonly name: string;
  /** Name of the button for readers who do not see what it belongs to. @default the visible name */
  readonly label?: string;
  readonly isDanger?: boolean;
  readonly isSmall?: boolean;
  /** Whether the action can be confirmed. @default true */
  readonly isReady?: boolean;
  /** What the dialog says and asks for. */
  readonly children: ComponentChildren;
  readonly isWide?: boolean;
  readonly onOpen?: () => void;
  readonly act: () => Promise<void>;
}) {
  const { name, label, isDanger = false, isSmall = false, isReady = true, isWide = false, act } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const { error, isBusy, start, reset } = useAction(act, () => dialog.current?.close());
  const open = () => {
    reset();
    props.onOpen?.();
    dialog.current?.showModal();
  };
  const kind = `${isDanger ? 'danger' : ''} ${isSmall ? 'small' : ''}`.trim();
  return (
    <>
      <button type="button" class={kind} aria-label={label} onClick={open}>
        {name}
      </button>
      <dialog ref={dialog} aria-label={label ?? name} class={isWide ? 'wide' : ''}>
        <form onSubmit={(event) => void start(event)}>
          {props.children}
          {error !== undefined && (
            <p class="problem" role="alert">
              {error}
            </p>
          )}
          <div class="buttons">
            <button type="button" onClick={() => dialog.current?.close()}>
              Back
            </button>
            <button type="submit" class={isDanger ? 'danger' : 'primary'} disabled={isBusy || !isReady}>
              {name}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}

/** Carries out an action once, and keeps its error. */
function useAction(act: () => Promise<void>, afterwards: () => void) {
  const messageOf = useMessageOf();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const start = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await act();
      afterwards();
    } catch (failure) {
      setError(messageOf(failure));
    } finally {
      setBusy(false);
    }
  };
  return { error, isBusy, start, reset: () => setError(undefined) };
}

/** The field for the reason of a cancellation. */
export function ReasonField(props: {
  readonly reason: string;
  readonly setReason: (text: string) => void;
  readonly storedIn: string;
}) {
  return (
    <label>
      Reason (optional, stored in {props.storedIn})
      <input
        type="text"
        value={props.reason}
        onInput={(event) => props.setReason(event.currentTarget.value)}
      />
    </label>
  );
}

/** Returns the body of a cancellation. */
export function cancellationOf(reason: string): { readonly reason?: string } {
  return reason.trim() === '' ? {} : { reason: reason.trim() };
}
