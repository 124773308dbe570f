// Stands for the two parts of supabase-js that the dashboard has no use for, files and functions: `vite.config.ts` puts
// it in their place, which spares every first visit 8 KB of script.

class Unused {}

export {
  Unused as FunctionRegion,
  Unused as FunctionsClient,
  Unused as FunctionsError,
  Unused as FunctionsFetchError,
  Unused as FunctionsHttpError,
  Unused as FunctionsRelayError,
  Unused as StorageApiError,
  Unused as StorageClient,
};
