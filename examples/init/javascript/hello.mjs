import { seedkit } from 'codeseeder';

const kit = seedkit('my-kit');

/** Runs in a build of the seedkit. Call it like any other function: `await hello('world')`. */
export const hello = kit.remoteFunction(import.meta, async function hello(name) {
  console.log(`Hello ${name}`); // a line of the build's log
  return { greeted: name, node: process.version };
});
