import { ActionIcon, Checkbox, Text, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Alert } from '@/api';
import { SeverityBadge } from '@/shared/badges/SeverityBadge';
import { RelativeTime } from '@/shared/time';
import { links } from '../links';
import classes from './alerts.module.css';

interface AlertRowProps {
  alert: Alert;
  showsSource: boolean;
  isSelected: boolean;
  onToggle?: () => void;
  onAcknowledge?: () => void;
  onFocus: () => void;
}

// What came this lately is pointed out for a moment.
const NEW_MS = 15_000;

/** One alert of the inbox. What nobody acknowledged is bold, with a dot and its name. */
export function AlertRow({ alert, showsSource, isSelected, onToggle, onAcknowledge, onFocus }: AlertRowProps) {
  const isOpen = !alert.acknowledged_at;
  return (
    <li
      className={classes.row}
      data-open={isOpen || undefined}
      data-chosen={isSelected || undefined}
      data-new={isOpen && Date.now() - Date.parse(alert.created_at) < NEW_MS ? true : undefined}
    >
      {onToggle && (
        <Checkbox
          className={classes.check}
          checked={isSelected}
          onChange={onToggle}
          aria-label={`Select: ${alert.summary}`}
        />
      )}
      <div className={classes.severity}>
        <SeverityBadge severity={alert.severity} score={alert.score} />
      </div>
      <div className={classes.what}>
        {showsSource && (
          <Text size="xs" c="dimmed" truncate>
            {alert.source_name}
          </Text>
        )}
        <Link
          id={`alert-${alert.id}`}
          {...links.alert({ alertId: alert.id })}
          className={classes.summary}
          onFocus={onFocus}
        >
          {isOpen && <span className={classes.dot} role="img" aria-label="Open:" />}
          {alert.summary}
        </Link>
      </div>
      <Text size="xs" c="dimmed" className={classes.when}>
        <RelativeTime value={alert.created_at} />
      </Text>
      {onAcknowledge && (
        <Tooltip label={isOpen ? 'Acknowledge' : 'Take the acknowledgement back'} position="left">
          <ActionIcon
            className={classes.act}
            variant="subtle"
            color={isOpen ? 'water' : 'gray'}
            size="lg"
            aria-label={`${isOpen ? 'Acknowledge' : 'Take the acknowledgement back'}: ${alert.summary}`}
            onClick={onAcknowledge}
          >
            {isOpen ? <IconCheck size={18} /> : <IconArrowBackUp size={18} />}
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  );
}
