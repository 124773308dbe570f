import { Group, Text } from '@mantine/core';

/** The mark and the name. */
export function Logo({ size = 26 }: { size?: number }) {
  return (
    <Group gap={9} wrap="nowrap">
      <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#0a776a" />
        <path
          d="M6 12.500c3.3 0 3.3-3 6.7-3s3.3 3 6.6 3 3.4-3 6.7-3M6 18c3.3 0 3.3-3 6.7-3s3.3 3 6.6 3 3.4-3 6.7-3M6 23.500c3.3 0 3.3-3 6.7-3s3.3 3 6.6 3 3.4-3 6.7-3"
          fill="none"
          stroke="#fff"
          strokeWidth="2.4"
          strokeLinecap="round"
        />
      </svg>
      <Text fw={660} fz={16} lh={1} style={{ letterSpacing: '-0.01em' }}>
        Headwater
      </Text>
    </Group>
  );
}
