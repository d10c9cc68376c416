import type { KitAccess } from '../kit-access.js';
import type { Schedules } from '../schedule-types.js';

/** Returns the schedules of a kit. Their modules are loaded by the first call. */
export function schedulesOfKit(kit: KitAccess): Schedules {
  return {
    async add(name, options) {
      const { addSchedule } = await import('./add-schedule.js');
      return addSchedule(name, options, await kit.connection(options.aws));
    },
    async list({ aws } = {}) {
      const { listSchedules } = await import('./read-schedules.js');
      return listSchedules(await kit.connection(aws));
    },
    async show(name, { aws } = {}) {
      const { showSchedule } = await import('./read-schedules.js');
      return showSchedule(name, await kit.connection(aws));
    },
    async pause(name, { aws } = {}) {
      const { pauseSchedule } = await import('./change-schedule.js');
      return pauseSchedule(name, await kit.connection(aws));
    },
    async resume(name, { aws } = {}) {
      const { resumeSchedule } = await import('./change-schedule.js');
      return resumeSchedule(name, await kit.connection(aws));
    },
    async remove(name, { aws } = {}) {
      const { removeSchedule } = await import('./change-schedule.js');
      return removeSchedule(name, await kit.connection(aws));
    },
  };
}
