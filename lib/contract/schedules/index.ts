/** Declares schedules of published targets: their expressions, time zones, and the message that starts a target. */
export * from './schedule-expression.js';
export * from './scheduled-start.js';
export { DEFAULT_TIME_ZONE, parseTimeZone } from './time-zone.js';
