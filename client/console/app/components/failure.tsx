import type { RunRecord } from '../../../../lib/contract/index.js';
import { placeOf, topFrame, withoutRunner, wordAt } from '../model/stack.js';
import { Breakable } from './breakable.js';
import { CopyButton } from './copy-button.js';

type RunFailure = NonNullable<RunRecord['failure']>;
type Remote = NonNullable<RunFailure['remote']>;

/** Why a run did not succeed: the failure's code and message, and the error that the target threw. */
export function Failure({ failure }: { readonly failure: RunFailure }) {
  const { code, message, phase, remote } = failure;
  const isCanceled = code === 'RunCanceled';
  return (
    <section class={isCanceled ? 'failure canceled' : 'failure'} aria-label="Failure">
      <h2>
        {code}
        {phase !== undefined && <small> in phase {phase}</small>}
      </h2>
      {remote === undefined ? <p class="message">{message}</p> : <RemoteError remote={remote} />}
    </section>
  );
}

function RemoteError({ remote, isCause = false }: { readonly remote: Remote; readonly isCause?: boolean }) {
  const { name, message, stack, source, cause } = remote;
  const frame = source === undefined ? topFrame(stack ?? '') : placeOf(source);
  return (
    <div class="remote">
      <p class="message">
        {isCause ? 'Caused by ' : ''}
        <strong>{name}</strong>: {message}
      </p>
      {frame !== undefined && (
        <p class="frame">
          at{' '}
          <code>
            <Breakable text={frame} />
          </code>{' '}
          <CopyButton text={frame} what="file and line" />
        </p>
      )}
      {source !== undefined && <SourceCode source={source} />}
      {stack !== undefined && (
        <details>
          <summary>Stack</summary>
          <pre>{withoutRunner(stack)}</pre>
        </details>
      )}
      {cause !== undefined && <RemoteError remote={cause} isCause />}
    </div>
  );
}

function LineOfError({ text, column }: { readonly text: string; readonly column: number | undefined }) {
  const { before, word, behind } = wordAt(text, column);
  return (
    <span>
      {before}
      {word !== '' && <u>{word}</u>}
      {behind}
    </span>
  );
}

/** The lines around the place where an error was thrown. The word at its column is underlined. */
function SourceCode({ source }: { readonly source: NonNullable<Remote['source']> }) {
  const { file, line, column, firstLine, lines } = source;
  return (
    <pre class="source" tabIndex={0} role="group" aria-label={`Lines of ${file}`}>
      {lines.map((text, index) => (
        <span key={index} class={firstLine + index === line ? 'thrown' : ''}>
          <span class="number">{firstLine + index}</span>
          {firstLine + index === line ? <LineOfError text={text} column={column} /> : text}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}
