const { seedkit } = require('codeseeder');

const kit = seedkit('my-kit');

/** Runs in a build of the seedkit. Call it like any other function: `await hello('world')`. */
exports.hello = kit.remoteFunction(__filename, async function hello(name) {
  console.log(`Hello ${name}`); // a line of the build's log
  return { greeted: name, node: process.version };
});
