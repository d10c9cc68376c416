import { useEffect, useRef } from 'preact/hooks';

import type { SeedkitInfo } from '../../api.js';
import { Link, navigate } from '../router.js';

/** Pages that the bar leads to, and the addresses at which each one is the current page. */
const PAGES: readonly (readonly [to: string, name: string, isCurrent: RegExp])[] = [
  ['/', 'Runs', /^\/(runs\/.*)?$/],
  ['/maps', 'Maps', /^\/maps/],
  ['/targets', 'Targets and locks', /^\/targets$/],
  ['/seedkit', 'Seedkit', /^\/seedkit$/],
];

/** The bar above each page: the pages, the seedkit, and a field that opens a run by its id. */
export function Header(props: { readonly info: SeedkitInfo | undefined; readonly pathname: string }) {
  const { info, pathname } = props;
  return (
    <header class="bar">
      <Link to="/" class="brand" label="codeseeder console: all runs">
        <img src="/icon.svg" alt="" width="18" height="18" />
        codeseeder
      </Link>
      {info !== undefined && (
        <p class="where">
          <strong>{info.seedkit}</strong>
          <span class="wide-only">
            {info.region} · {info.isLocal ? 'local AWS' : info.account}
          </span>
        </p>
      )}
      <nav class="pages" aria-label="Pages">
        {PAGES.map(([to, name, isCurrent]) => (
          <Link key={to} to={to} isCurrent={isCurrent.test(pathname)}>
            {name}
          </Link>
        ))}
      </nav>
      <IdSearch />
    </header>
  );
}

function IdSearch() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input, select, textarea');
      if (event.key !== '/' || isTyping) return;
      event.preventDefault();
      field.current?.focus();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);
  const open = (event: Event) => {
    event.preventDefault();
    const id = field.current?.value.trim() ?? '';
    if (/^[\w-]{1,80}$/.test(id)) navigate(`/runs/${id}`);
    else field.current?.setCustomValidity('An id has up to 80 letters, digits, underscores and hyphens.');
    field.current?.reportValidity();
  };
  return (
    <form class="id-search" role="search" onSubmit={open}>
      <input
        ref={field}
        type="search"
        placeholder="Run id  ( / )"
        aria-label="Open a run by its id"
        spellcheck={false}
        onInput={() => field.current?.setCustomValidity('')}
      />
    </form>
  );
}
