import { UnstyledButton } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import classes from './diff.module.css';

/** Stands for unchanged passages that aren't shown. */
export function Fold({ count, onWiden }: { count: number; onWiden?: () => void }) {
  const said = count === 1 ? '1 unchanged passage' : `${count} unchanged passages`;
  if (!onWiden) {
    return (
      <div className={classes.fold}>
        <IconDots size={14} aria-hidden /> {said}
      </div>
    );
  }
  return (
    <UnstyledButton className={classes.fold} onClick={onWiden} aria-label={`${said}; show more of them`}>
      <IconDots size={14} aria-hidden /> {said}
    </UnstyledButton>
  );
}
