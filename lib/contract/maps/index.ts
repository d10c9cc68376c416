/** Declares what the client, the state machine of maps and its handler exchange. */
export * from './map-event.js';
export * from './map-input.js';
export * from './map-keys.js';
export * from './map-messages.js';
export * from './map-record.js';
export * from './map-request.js';
export * from './map-transitions.js';
