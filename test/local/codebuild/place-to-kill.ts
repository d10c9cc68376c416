/** Program of a local AWS that starts a build and waits to be killed. Arguments: folder, buildspec. */
import { join } from 'node:path';

import { createCodeBuild } from '../../../lib/local/codebuild/codebuild.js';
import { openDurableStore } from '../../../lib/local/durable/durable-store.js';
import { createLogs } from '../../../lib/local/logs/logs.js';
import { openTestPlaceContext } from '../test-place-context.js';
import { createProject, memoryObjects, PROJECT } from './test-codebuild.js';

const [, , folder = '', buildspecOverride = ''] = process.argv;
const store = await openDurableStore(join(folder, 'store'));
const context = await openTestPlaceContext({ store, dataFolder: folder });
const logs = await createLogs(context);
const codeBuild = await createCodeBuild(context, { objects: memoryObjects(), logs, concurrency: 1 });
await createProject(codeBuild, PROJECT);
const running = await codeBuild.operations.StartBuild({ projectName: 'demo', buildspecOverride });
const waiting = await codeBuild.operations.StartBuild({ projectName: 'demo', idempotencyToken: 'kept' });
process.stdout.write(`${running.build.id} ${waiting.build.id}\n`);
