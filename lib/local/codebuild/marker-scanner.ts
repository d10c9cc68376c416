const MARK = 0x1e;

/**
 * Creates a scanner that separates the output of commands from the marks that the shell prints after each command. A
 * mark may be split between chunks.
 * @param found receives the output, and the exit status in each mark
 */
export function createMarkerScanner(
  marker: string,
  found: { output(bytes: Buffer): void; status(status: number): void },
): (chunk: Buffer) => void {
  const prefix = Buffer.from(`\x1e${marker}:`);
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const data = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    held = Buffer.alloc(0);
    let from = 0;
    for (;;) {
      const start = data.indexOf(prefix, from);
      if (start === -1) break;
      const end = data.indexOf(MARK, start + prefix.length);
      if (start > from) found.output(data.subarray(from, start));
      if (end === -1) {
        held = data.subarray(start);
        return;
      }
      found.status(Number(data.toString('latin1', start + prefix.length, end)));
      from = end + 1;
    }
    const keep = startOfMarkAtEnd(data, from, prefix);
    if (keep > from) found.output(data.subarray(from, keep));
    held = data.subarray(keep);
  };
}

/** Returns the start of an incomplete mark at the end of the data, or the length of the data if there is none. */
function startOfMarkAtEnd(data: Buffer, from: number, prefix: Buffer): number {
  const start = data.lastIndexOf(MARK);
  if (start < from) return data.length;
  const tail = data.subarray(start);
  return tail.length < prefix.length && prefix.subarray(0, tail.length).equals(tail) ? start : data.length;
}
