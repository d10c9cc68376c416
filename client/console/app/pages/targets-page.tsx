import { useEffect } from 'preact/hooks';

import { LocksSection } from '../components/locks-section.js';
import { SchedulesSection } from '../components/schedules-section.js';
import { TargetsSection } from '../components/targets-section.js';

/** Published targets, the schedules that start them, and locks. */
export function TargetsPage() {
  useEffect(() => {
    document.title = 'Targets, schedules and locks · codeseeder console';
  }, []);
  return (
    <div class="resources-page">
      <h1 class="page-title">Targets, schedules and locks</h1>
      <TargetsSection />
      <SchedulesSection />
      <LocksSection />
    </div>
  );
}
