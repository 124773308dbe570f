import { Card, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { explain } from '../platform/errors';

interface SettingsCardProps {
  title: string;
  /** A sentence below the title. */
  text?: ReactNode;
  children?: ReactNode;
}

/** A part of a page of settings: its title, what it is about, its fields. */
export function SettingsCard({ title, text, children }: SettingsCardProps) {
  return (
    <Card withBorder p="lg" component="section">
      <Title order={2} size="h5" mb={text ? 2 : 'sm'}>
        {title}
      </Title>
      {text && (
        <Text size="sm" c="dimmed" mb={children ? 'md' : 0} component="div">
          {text}
        </Text>
      )}
      {children}
    </Card>
  );
}

/** Why a form was refused, beneath its fields. */
export function FormError({ error }: { error: unknown }) {
  if (!error) return null;
  const { message, hint } = explain(error);
  return (
    <Text role="alert" size="sm" c="var(--mantine-color-error)">
      {message} {hint}
    </Text>
  );
}
