/** Returns the normalized name of a Python package. @see https://peps.python.org/pep-0503/#normalized-names */
export function normalizedName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}
