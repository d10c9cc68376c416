/** Files up to this size are read and written whole. Larger ones are streamed, so that other work goes on. */
export const SMALL_FILE_BYTES = 64 * 1024;
