/** Program of a local AWS that a test kills. Publishes a package, prints the token and keeps running. */
import { openDurableStore } from '../../../lib/local/durable/durable-store.js';
import { createSeedkitRepositories, openTestCodeArtifact } from './a-code-artifact.js';
import { publication, putPackage } from './put-package.js';

const dataFolder = process.argv[2] ?? '';
const store = await openDurableStore(`${dataFolder}/store`);
const place = await openTestCodeArtifact({ store, dataFolder });
await createSeedkitRepositories(place);
const token = await place.token();
const body = publication('kept', '1.0.0', Buffer.from('its tarball'));
const { status } = await putPackage(place.registry('npm'), token, 'kept', body);
if (status !== 201) throw new Error(`The package was answered with ${status}`);
process.stdout.write(token);
