/** The pictures of the console in the documentation. */

/** A picture: the page that it shows, and how. */
export interface DocsPicture {
  /** Name of its file in docs/pictures. */
  readonly file: string;
  /** Name of the page, as the scenes have it. */
  readonly page: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly colorScheme: 'light' | 'dark';
  /** What the page shows when it is complete, as selectors. */
  readonly ready: readonly string[];
  /** What to scroll to, as a selector. @default the top of the page */
  readonly scrollTo?: string;
}

const DESKTOP = { width: 1_200, height: 760 } as const;
const PHONE = { width: 390, height: 760 } as const;

/** Folder of the pictures, from the root of the project. */
export const DOCS_FOLDER = 'docs/pictures';

/** The pictures of docs/console.md. */
export const DOCS_PICTURES: readonly DocsPicture[] = [
  {
    file: 'console-runs.webp',
    page: 'runs',
    size: DESKTOP,
    colorScheme: 'light',
    ready: ['.run-row .status.BUILDING', 'figure rect.SUCCEEDED'],
  },
  {
    file: 'console-run-dark.webp',
    page: 'run-passed',
    size: DESKTOP,
    colorScheme: 'dark',
    ready: ['.state.done[data-state=RunSucceeded]', '.log-row:has-text("Applied")'],
  },
  {
    file: 'console-error.webp',
    page: 'run-failed',
    size: { width: 1_200, height: 1_150 },
    colorScheme: 'light',
    ready: ['.failure .source .thrown', '.log-row', '.state.failed'],
    scrollTo: '.failure',
  },
  {
    file: 'console-costs.webp',
    page: 'seedkit',
    size: DESKTOP,
    colorScheme: 'light',
    ready: ['[id=costs] ~ .table-box', '[id=build-costs] ~ .table-box', '[id=resources] ~ .type'],
    scrollTo: '#costs',
  },
  {
    file: 'console-map-phone.webp',
    page: 'map',
    size: PHONE,
    colorScheme: 'light',
    ready: ['.input-row .status.FAILED'],
  },
];
