// Packs one folder and prints time and memory. The argument names the folder and the layers that S3 already has.
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

import { digestLayer } from '../../dist/client/bundle/layer/digest-layer.js';
import { listFolder } from '../../dist/client/bundle/files/list-folder.js';

const { folder, present, zipFile } = JSON.parse(process.argv[2]);

const started = performance.now();
const { entries } = await listFolder({ place: 'app', folder, rules: { ignore: ['!*'] } });
const layer = await digestLayer('dirs/app', entries);
const zip = present.includes(layer.digest) ? undefined : await layer.write();
const ms = performance.now() - started;

const peakMb = process.resourceUsage().maxRSS / 1024;
if (zip !== undefined && zipFile !== undefined) await pipeline(zip.read(), createWriteStream(zipFile));
await zip?.dispose();
const { digest, files } = layer;
console.log(JSON.stringify({ ms, peakMb, digest, files, sentBytes: zip?.sizeBytes ?? 0 }));
