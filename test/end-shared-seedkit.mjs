export { endSharedSeedkit as default } from './shared-seedkit.mjs';
