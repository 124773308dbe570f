import { Link } from '@tanstack/react-router';
import type { TrackedJob } from '@/api';
import { JobActions } from './actions';
import classes from './jobs.module.css';
import { links } from './links';
import { JobMoment, JobProgress, StateBadge } from './parts';
import { countAttempts, formatTaken, nameKind } from './states';

/** Jobs, newest first. */
export function JobList({ jobs }: { jobs: TrackedJob[] }) {
  return (
    <ul className={classes.list} aria-label="Jobs">
      {jobs.map((job) => (
        <JobRow key={job.id} job={job} />
      ))}
    </ul>
  );
}

/** What kind of job it is, where its title doesn't say so already, how long it took and how often it was tried. */
function describe(job: TrackedJob): string {
  return [job.summary && nameKind(job.kind), formatTaken(job), countAttempts(job)].filter(Boolean).join(' · ');
}

function JobRow({ job }: { job: TrackedJob }) {
  return (
    <li className={classes.row}>
      <div className={classes.state}>
        <StateBadge state={job.state} />
      </div>
      <div className={classes.what}>
        <Link {...links.job({ jobId: job.id })} className={classes.title}>
          {job.summary || nameKind(job.kind)}
        </Link>
        <div className={classes.meta}>{describe(job)}</div>
        {job.error && job.state !== 'succeeded' && <div className={classes.error}>{job.error}</div>}
      </div>
      <div className={classes.progress}>
        <JobProgress job={job} />
      </div>
      <div className={classes.when}>
        <JobMoment job={job} />
      </div>
      <div className={classes.action}>
        <JobActions job={job} />
      </div>
    </li>
  );
}
