import { Fragment } from 'preact';

/** A text, such as a path, that a narrow page breaks after its slashes and `#` first. */
export function Breakable({ text }: { readonly text: string }) {
  return text.split(/(?<=[/#])/).map((part, at) => (
    <Fragment key={at}>
      {at > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
