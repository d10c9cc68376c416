// Packs one function and prints time and memory. The argument names the function and the layers that S3 already has.
import { packBundle } from '../../dist/client/bundle/pack-bundle.js';

const { file, present } = JSON.parse(process.argv[2]);

const started = performance.now();
const { layers } = await packBundle({ modules: [{ file, exportName: 'synth' }] });
const missing = layers.filter(({ digest }) => !present.includes(digest));
const zips = [];
for (const layer of missing) zips.push(await layer.write());
const ms = performance.now() - started;

await Promise.all(zips.map((zip) => zip.dispose()));
const sentBytes = zips.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
const files = Object.fromEntries(layers.map((layer) => [layer.name, layer.files]));
console.log(JSON.stringify({ ms, digests: layers.map(({ digest }) => digest), files, sentBytes }));
