/** The features of the dashboard: a folder and one line here each. Every one exports its `Feature` under a name of its own. */
export { account } from '@/features/account/feature';
export { home } from '@/features/home/feature';
export { jobs } from '@/features/jobs/feature';
export { watch } from '@/features/watch/feature';
export { workspace } from '@/features/workspace/feature';
