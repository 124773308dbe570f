import { Link } from '@tanstack/react-router';
import type { LinkTarget } from '../feature/addresses';
import classes from './TabLinks.module.css';

/** The pages that belong together, as tabs: each has an address of its own. */
export function TabLinks({ label, tabs }: { label: string; tabs: { label: string; target: LinkTarget }[] }) {
  return (
    <nav aria-label={label} className={classes.list}>
      {tabs.map((tab) => (
        <Link
          key={tab.label}
          {...tab.target}
          className={classes.link}
          activeOptions={{ exact: true, includeSearch: false }}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
