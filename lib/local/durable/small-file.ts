/**
 * Files up to this size are read and written as a whole. Larger ones are streamed, so that they do not block other
 * work.
 */
export const SMALL_FILE_BYTES = 64 * 1024;
