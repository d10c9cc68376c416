/** Cuts a text to `maxCharacters`. A text that was cut ends with a note of its full length. */
export function boundedText(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const note = ` [cut, ${text.length} characters in all]`;
  return `${text.slice(0, Math.max(0, maxCharacters - note.length))}${note}`;
}
