import { Box, Kbd, Modal, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Feature } from '@/shared/feature/feature';
import { toastFailure } from '@/shared/page/toasts';
import { recall, remember } from '@/shared/platform/storage';
import { useEntries } from './entries';
import { type Entry, matchEntries } from './matching';
import classes from './PaletteDialog.module.css';

const RECENT = 4;

interface PaletteDialogProps {
  features: Feature[];
  isOpen: boolean;
  onClose: () => void;
}

/** Type what you want, Enter does it. */
export default function PaletteDialog({ features, isOpen, onClose }: PaletteDialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} withCloseButton={false} padding={0} size={580} yOffset="12vh" radius="lg">
      <Chooser features={features} onClose={onClose} />
    </Modal>
  );
}

function Chooser({ features, onClose }: { features: Feature[]; onClose: () => void }) {
  const entries = useEntries(features);
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const found = useMemo(() => matchEntries(entries, typed, readRecent()), [entries, typed]);

  const run = (entry: Entry | undefined): void => {
    if (!entry) return;
    onClose();
    remember(
      'recent-commands',
      JSON.stringify([entry.id, ...readRecent().filter((id) => id !== entry.id)].slice(0, RECENT)),
    );
    void Promise.resolve(entry.run()).catch((error: unknown) => toastFailure(`“${entry.label}” did not work`, error));
  };
  const press = (event: KeyboardEvent): void => {
    const move = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 }[event.key];
    if (move !== undefined) setChosen((before) => Math.min(Math.max(before + move, 0), found.length - 1));
    else if (event.key === 'Enter') run(found[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <TextInput
        data-autofocus
        role="combobox"
        aria-label="Search or go to"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={found[chosen] ? `${listId}-${chosen}` : undefined}
        aria-autocomplete="list"
        placeholder="Search or go to…"
        size="lg"
        leftSection={<IconSearch size={18} />}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={press}
        classNames={{ input: classes.input }}
      />
      <div className={classes.scroll}>
        <Options id={listId} entries={found} chosen={chosen} onRun={run} onPoint={setChosen} />
      </div>
      <Keys />
    </>
  );
}

interface OptionsProps {
  id: string;
  entries: Entry[];
  chosen: number;
  onRun: (entry: Entry) => void;
  onPoint: (index: number) => void;
}

function Options({ id, entries, chosen, onRun, onPoint }: OptionsProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector(`[id="${id}-${chosen}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [id, chosen]);
  if (entries.length === 0) {
    return (
      <Text c="dimmed" ta="center" py="xl" role="status">
        Nothing is called that.
      </Text>
    );
  }
  return (
    <div className={classes.list} role="listbox" aria-label="What you can do" id={id} ref={list}>
      {entries.map((entry, index) => (
        <div key={`${entry.group}:${entry.id}`} role="presentation">
          {entry.group !== entries[index - 1]?.group && (
            <div className={classes.group} role="presentation">
              {entry.group}
            </div>
          )}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard by the field, which keeps the focus. */}
          <div
            role="option"
            id={`${id}-${index}`}
            tabIndex={-1}
            aria-selected={index === chosen}
            className={classes.option}
            onClick={() => onRun(entry)}
            onMouseMove={() => onPoint(index)}
          >
            <entry.icon size={18} stroke={1.75} aria-hidden />
            <Text size="md" flex={1} truncate>
              {entry.label}
              {entry.description && (
                <Text span c="dimmed" size="sm">
                  {' '}
                  {entry.description}
                </Text>
              )}
            </Text>
            {entry.shortcut?.split(' ').map((key) => (
              <Kbd size="xs" key={key} visibleFrom="sm">
                {key}
              </Kbd>
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}

function Keys() {
  return (
    <Box className={classes.footer} visibleFrom="sm" aria-hidden>
      <span>
        <Kbd size="xs">↑</Kbd> <Kbd size="xs">↓</Kbd> choose
      </span>
      <span>
        <Kbd size="xs">↵</Kbd> do it
      </span>
      <span>
        <Kbd size="xs">Esc</Kbd> close
      </span>
    </Box>
  );
}

function readRecent(): string[] {
  try {
    const kept: unknown = JSON.parse(recall('recent-commands') ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
