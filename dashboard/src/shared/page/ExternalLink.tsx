import { Anchor, type AnchorProps } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { shortenUrl } from '../urls';

/** A link to somebody else's page. It opens beside the dashboard and tells the page nothing of us. */
export function ExternalLink({ url, children, ...rest }: AnchorProps & { url: string; children?: ReactNode }) {
  if (!/^https?:\/\//i.test(url)) return <span>{children ?? url}</span>;
  return (
    <Anchor href={url} target="_blank" rel="noreferrer noopener" {...rest}>
      {children ?? shortenUrl(url)}
      <IconExternalLink
        size={13}
        style={{ marginLeft: 3, verticalAlign: '-1px' }}
        role="img"
        aria-label="(opens a new tab)"
      />
    </Anchor>
  );
}
