/** Places where a build with a debug session can pause. */
export const DEBUG_PAUSES = ['before-target', 'on-failure'] as const;
export type DebugPause = (typeof DEBUG_PAUSES)[number];
