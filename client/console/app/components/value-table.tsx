import { CopyButton } from './copy-button.js';

/** Names and values, each with a button that copies the value. */
export function ValueTable(props: {
  readonly label: string;
  readonly rows: readonly { readonly name: string; readonly value: string }[];
}) {
  return (
    <div class="panel table-box" tabIndex={0} role="region" aria-label={`Table of ${props.label}`}>
      <table>
        <thead class="visually-hidden">
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Value</th>
            <th scope="col">Copy</th>
          </tr>
        </thead>
        <tbody>
          {props.rows.map(({ name, value }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <code>{value}</code>
              </td>
              <td>
                <CopyButton text={value} what={name} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
