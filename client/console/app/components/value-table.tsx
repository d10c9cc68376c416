import { CopyButton } from './copy-button.js';
import { Table } from './table.js';

/** Names and values, each with a button that copies the value. */
export function ValueTable(props: {
  readonly label: string;
  readonly rows: readonly { readonly name: string; readonly value: string }[];
}) {
  const rows = props.rows.map(({ name, value }) => ({
    key: name,
    name,
    cells: [<code>{value}</code>, <CopyButton text={value} what={name} />],
  }));
  return <Table label={props.label} columns={['Name', 'Value', 'Copy']} rows={rows} />;
}
