import type { ImportResult } from '@/api';
import { client } from '@/api/client.gen';

/** The API takes no more at once. */
export const MAX_BYTES = 1024 * 1024;

/** Have the browser keep the workspace's sources as a file. */
export async function exportSources(): Promise<void> {
  const { data } = await client.get<{ 200: Blob }, unknown, true>({
    url: '/api/v1/monitored-sources.opml',
    parseAs: 'blob',
    throwOnError: true,
  });
  const address = URL.createObjectURL(data);
  const link = document.createElement('a');
  link.href = address;
  link.download = 'headwater-sources.opml';
  link.click();
  URL.revokeObjectURL(address);
}

/** Watch what an OPML file lists. */
export async function importSources(file: File): Promise<ImportResult> {
  const { data } = await client.post<{ 200: ImportResult }, unknown, true>({
    url: '/api/v1/monitored-sources/import',
    body: file,
    bodySerializer: null,
    headers: { 'Content-Type': 'text/x-opml' },
    throwOnError: true,
  });
  return data;
}

/** Say what became of an import. */
export function describeImport({ added, already_watched }: ImportResult): string {
  if (added === 0) return `Nothing new: ${already_watched} were watched already.`;
  const now = added === 1 ? '1 source is watched from now on' : `${added} sources are watched from now on`;
  return already_watched > 0 ? `${now}; ${already_watched} were watched already.` : `${now}.`;
}
