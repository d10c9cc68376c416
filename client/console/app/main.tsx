import { render } from 'preact';

import type { SeedkitInfo } from '../api.js';
import { Header } from './components/header.js';
import { getJson } from './fetch-api.js';
import { useLoaded } from './hooks.js';
import { MapPage } from './pages/map-page.js';
import { MapsPage } from './pages/maps-page.js';
import { RunPage } from './pages/run-page.js';
import { RunsPage } from './pages/runs-page.js';
import { TargetsPage } from './pages/targets-page.js';
import { SeedkitPage } from './pages/seedkit-page.js';
import { SeedkitContext } from './seedkit-context.js';
import { type Place, usePlace } from './router.js';

function App() {
  const place = usePlace();
  const { value: info } = useLoaded('seedkit', (signal) => getJson<SeedkitInfo>('/api/seedkit', signal));
  return (
    <SeedkitContext.Provider value={info}>
      <Header info={info} pathname={place.pathname} />
      <main id="main">
        <Page place={place} info={info} />
      </main>
    </SeedkitContext.Provider>
  );
}

function Page({ place, info }: { readonly place: Place; readonly info: SeedkitInfo | undefined }) {
  const { pathname, search, hash } = place;
  const [, kind, id] = /^\/(\w+)(?:\/([\w-]+))?$/.exec(pathname) ?? [];
  if (kind === 'runs' && id !== undefined) return <RunPage key={id} runId={id} hash={hash} />;
  if (kind === 'maps') return id === undefined ? <MapsPage /> : <MapPage key={id} mapId={id} />;
  if (kind === 'targets') return <TargetsPage />;
  if (kind === 'seedkit') return <SeedkitPage info={info} />;
  return <RunsPage search={search} />;
}

render(<App />, document.body);
