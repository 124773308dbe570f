import { Card, Text, Title } from '@mantine/core';
import { IconMoodHappy } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { readTarget } from '@/shared/feature/addresses';
import { RelativeTime } from '@/shared/time';
import classes from './home.module.css';
import { type Happening, MARK } from './tones';

/** What happened since the last visit, in all products, newest first. */
export function Happenings({ items }: { items: Happening[] }) {
  return (
    <Card withBorder p={0} component="section" className={classes.news} aria-labelledby="happenings">
      <Title order={2} size="h5" id="happenings" px="lg" pt="lg" pb="sm">
        What happened
      </Title>
      {items.length === 0 ? (
        <div className={classes.nothing}>
          <IconMoodHappy size={26} stroke={1.5} aria-hidden />
          <Text c="dimmed">Nothing new since you were here. It appears here the moment it happens.</Text>
        </div>
      ) : (
        <ul className={classes.happenings}>
          {items.map((item) => (
            <li key={item.id}>
              <span className={classes.dot} style={{ background: MARK[item.tone] }} aria-hidden />
              <div className={classes.happening}>
                <div className={classes.headline}>
                  {item.link ? (
                    <Link {...readTarget(item.link)} className={classes.title}>
                      {item.title}
                    </Link>
                  ) : (
                    <span className={classes.title}>{item.title}</span>
                  )}
                  <Text size="sm" c="dimmed" component="span" style={{ whiteSpace: 'nowrap' }}>
                    <RelativeTime value={item.at} />
                  </Text>
                </div>
                <Text size="sm" c="dimmed" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
                  {[item.section, item.summary].filter(Boolean).join(' · ')}
                </Text>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
