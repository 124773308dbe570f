import { ThemeIcon, Tooltip } from '@mantine/core';
import { IconRss, IconSitemap, IconWorld } from '@tabler/icons-react';
import type { Source } from '@/api';

const KINDS = {
  website: { label: 'Page', icon: IconWorld },
  rss: { label: 'Feed', icon: IconRss },
  sitemap: { label: 'Sitemap', icon: IconSitemap },
} as const;

/** Name a kind of source. */
export function nameSourceKind(kind: Source['kind']): string {
  return KINDS[kind].label;
}

/** What kind of source it is. */
export function KindIcon({ kind, size = 34 }: { kind: Source['kind']; size?: number }) {
  const { label, icon: Picture } = KINDS[kind];
  return (
    <Tooltip label={label}>
      <ThemeIcon variant="default" size={size} radius="md" style={{ flex: 'none' }} role="img" aria-label={label}>
        <Picture size={size * 0.52} stroke={1.7} aria-hidden />
      </ThemeIcon>
    </Tooltip>
  );
}
