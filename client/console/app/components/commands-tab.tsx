import { commandsOfRun } from '../model/commands.js';
import { CopyButton } from './copy-button.js';

/** The commands that do in a terminal what the page does. */
export function CommandsTab(props: {
  readonly runId: string;
  readonly seedkit: string;
  readonly isActive: boolean;
}) {
  return (
    <dl class="commands">
      {commandsOfRun(props.runId, props.seedkit, props.isActive).map(({ purpose, command }) => (
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
