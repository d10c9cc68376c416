/** Public types of the client. They are the same in the calling process and inside a build. */
export type * from './aws-options.js';
export type * from './call-option-types.js';
export type * from './deploy-types.js';
export type * from './lock-types.js';
export type * from './map-types.js';
export type * from './module-types.js';
export type * from './progress-types.js';
export type * from './remote-function-types.js';
export type * from './run-option-types.js';
export type * from './run-types.js';
export type * from './seedkit-types.js';
export type * from './schedule-types.js';
export type * from './target-types.js';
