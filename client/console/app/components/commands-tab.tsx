import type { ShownCommand } from '../model/commands.js';
import { CopyButton } from './copy-button.js';

/** The commands that do in a terminal what the page does. */
export function CommandsTab({ commands }: { readonly commands: readonly ShownCommand[] }) {
  return (
    <dl class="commands">
      {commands.map(({ purpose, command }) => (
        <div key={command}>
          <dt>{purpose}</dt>
          <dd>
            <code>{command}</code>
            <CopyButton text={command} what={`the command: ${purpose}`} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
