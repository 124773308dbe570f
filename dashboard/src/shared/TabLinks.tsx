import { Link } from '@tanstack/react-router';
import classes from './TabLinks.module.css';

/** The pages that belong together, as tabs: each has an address of its own. */
export function TabLinks({ label, links }: { label: string; links: { label: string; to: string }[] }) {
  return (
    <nav aria-label={label} className={classes.list}>
      {links.map((link) => (
        <Link key={link.to} to={link.to} className={classes.link} activeOptions={{ exact: true, includeSearch: false }}>
          {link.label}
        </Link>
      ))}
    </nav>
  );
}
