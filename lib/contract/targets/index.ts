/** Declares published targets: their names, keys, versions, and the messages that start and read their runs. */
export * from './published-target.js';
export * from './target-keys.js';
export * from './target-messages.js';
export * from './target-names.js';
export * from './target-start.js';
