/** Returns the description of a command or an option as a sentence. */
export function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return capital === '' || capital.endsWith('.') ? capital : `${capital}.`;
}
