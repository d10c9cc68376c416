import { render } from 'preact';

import type { SeedkitInfo } from '../api.js';
import { Header } from './components/header.js';
import { getJson } from './fetch-api.js';
import { useLoaded } from './hooks.js';
import { RunPage } from './pages/run-page.js';
import { RunsPage } from './pages/runs-page.js';
import { usePlace } from './router.js';

function App() {
  const place = usePlace();
  const { value: info } = useLoaded('seedkit', (signal) => getJson<SeedkitInfo>('/api/seedkit', signal));
  const [, runId] = /^\/runs\/([\w-]+)$/.exec(place.pathname) ?? [];
  return (
    <>
      <Header info={info} />
      <main id="main">
        {runId === undefined ? (
          <RunsPage search={place.search} />
        ) : (
          <RunPage key={runId} runId={runId} seedkit={info?.seedkit ?? ''} hash={place.hash} />
        )}
      </main>
    </>
  );
}

render(<App />, document.body);
