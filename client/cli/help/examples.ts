/** Lines for a shell, by what they do. */
export type Examples = Readonly<Record<string, string>>;
