/** Makes the page of who can do what, from the matrix that the tests evaluate over a synthesized seedkit. */
import { ACCESS_ROWS, type AccessRow } from '../../test/security/access-rows.js';
import { may, PRINCIPALS, type PrincipalName } from '../../test/security/principals.js';
import { code, page, table } from './markdown.js';

/** Principals with a column of their own. The last column names the others. */
const COLUMNS: readonly PrincipalName[] = ['Client', 'Reader', 'Inbox', 'Bus', 'Build'];

/**
 * Returns the page of who can do what. The marks come from evaluating the policies, not from the test's expectations.
 */
export function accessPage(): string {
  return page(
    'Who can do what',
    'The policies of a seedkit `demo` with every option, evaluated as IAM does: policies of principals, policies of bucket, bus, key, queues and handlers, conditions, variables and denials. A test compares each row with the intended access, and fails if a statement of a policy has no row here.',
    "`Client`: the output `ClientPolicyArn`, or `grantSubmit()`. `Reader`: `grantReadRuns()`. `Inbox`: `grantInbox()`. `Releaser`: `grantReleaseLocks()`. `Publisher`: the output `PublisherPolicyArn`, or `grantPublish()`. `Debugger`: the output `DebuggerPolicyArn` of a seedkit with `allow.debugSessions`, or `grantDebug()`. `Starter`: the output `TargetPolicyArn`, or `grantStartTargets()`; it gets what `start-target` returns, which is about runs of published targets only. `Inbox of a target`: `grantInboxOfTargets(grantee, 'nightly-deploy')`. `Bus`: a principal with `events:PutEvents` on the bus. `Build`: the role of builds. Another seedkit here has the same `allow` list, so it may use the same images, secrets, projects and network, and nothing of this seedkit. A principal without a policy may do none of this.",
    ...Object.entries(ACCESS_ROWS).flatMap(([title, rows]) => [`## ${title}`, tableOf(rows)]),
  );
}

function tableOf(rows: readonly AccessRow[]): string {
  return table(
    ['What', ...COLUMNS, 'Others', 'Actions'],
    rows.map((row) => {
      const allowed = PRINCIPALS.filter((name) => row.calls.every((call) => may(name, call)));
      return [
        row.what,
        ...COLUMNS.map((name) => (allowed.includes(name) ? '✓' : '')),
        others(allowed),
        [...new Set(row.calls.map(({ action }) => action))].map(code).join('\n'),
      ];
    }),
  );
}

function others(allowed: readonly PrincipalName[]): string {
  const names = allowed.filter((name) => !COLUMNS.includes(name));
  if (allowed.length === 0) return 'nobody';
  return names.map((name) => (/^[a-z]+(-[a-z]+)+$/.test(name) ? code(name) : name)).join(', ');
}
