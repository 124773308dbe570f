import { address } from '@/shared/feature/addresses';
import { readJobSearch } from './states';

/** The pages of jobs. */
export const links = {
  jobs: address('/jobs', readJobSearch),
  job: address('/jobs/$jobId'),
};
