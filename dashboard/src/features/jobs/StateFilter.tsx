import { Skeleton } from '@mantine/core';
import type { JobStates } from '@/api';
import classes from './jobs.module.css';
import { addUp, type JobState, ORDER, STATES } from './states';

interface StateFilterProps {
  value: JobState | undefined;
  counts: JobStates | undefined;
  onChange: (state: JobState | undefined) => void;
}

const format = new Intl.NumberFormat();

/** How many jobs are in each state, and the choice of which are listed. */
export function StateFilter({ value, counts, onChange }: StateFilterProps) {
  const choices: { state: JobState | undefined; label: string; count: number | undefined }[] = [
    { state: undefined, label: 'All', count: counts && addUp(counts) },
    ...ORDER.map((state) => ({ state, label: STATES[state].label, count: counts?.[state] })),
  ];
  return (
    <fieldset className={classes.filter}>
      <legend className={classes.unseen}>State</legend>
      {choices.map(({ state, label, count }) => (
        <button
          key={label}
          type="button"
          className={classes.choice}
          aria-pressed={value === state}
          data-alarming={state === 'failed' && Boolean(count)}
          onClick={() => onChange(state)}
        >
          {label}{' '}
          <span className={classes.count}>
            {count === undefined ? <Skeleton width={14} height={12} /> : format.format(count)}
          </span>
        </button>
      ))}
    </fieldset>
  );
}
