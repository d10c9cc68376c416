// Measures the client's time and memory, and compares each result with its upper bound. Run `npm run build` first,
// then `npm run bench` for all benchmarks or `npm run bench -- pack` for one. Exits with 1 when a result exceeds its
// bound.
import { printRow } from './row.mjs';

const BENCHES = {
  import: './import-bench.mjs',
  pack: './pack-bench.mjs',
  run: './run-bench.mjs',
  map: './map-bench.mjs',
  cache: './cache-bench.mjs',
  console: './console-bench.mjs',
};

const [name] = process.argv.slice(2);
if (name !== undefined && !(name in BENCHES)) {
  console.error(`There is no bench ${name}; give one of ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}

for (const [bench, file] of Object.entries(BENCHES)) {
  if (name !== undefined && name !== bench) continue;
  const { rows } = await import(file);
  for await (const row of rows()) {
    printRow(row);
    if (row.measured > row.bound) process.exitCode = 1;
  }
}
