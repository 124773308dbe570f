import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

interface SearchBoxProps {
  /** What is searched, such as "Search by name or address". */
  label: string;
  value: string | undefined;
  /** Called a moment after the last key; undefined where nothing is left. */
  onSearch: (text: string | undefined) => void;
  maxLength?: number;
}

const WAIT_MS = 250;

/** A field that narrows a list while one types. */
export function SearchBox({ label, value = '', onSearch, maxLength = 200 }: SearchBoxProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const search = useDebouncedCallback((text: string) => onSearch(text.trim() || undefined), WAIT_MS);
  const change = (text: string) => {
    setTyped(text);
    search(text);
  };
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={15} />}
      rightSection={typed && <CloseButton size="sm" aria-label="Clear the search" onClick={() => change('')} />}
      value={typed}
      maxLength={maxLength}
      onChange={(event) => change(event.currentTarget.value)}
      flex="1 1 220px"
      maw={380}
    />
  );
}
