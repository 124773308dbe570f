const MAX_RUNNING = 6;

/** Run `work` for each item, six at a time; returns the items for which it failed, with the first error. */
export async function forEachConcurrently<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<{ failed: Item[]; error: unknown }> {
  const failed: Item[] = [];
  let error: unknown = null;
  const left = [...items];
  const run = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      try {
        await work(item);
      } catch (thrown) {
        error ??= thrown;
        failed.push(item);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(MAX_RUNNING, items.length) }, run));
  return { failed, error };
}
