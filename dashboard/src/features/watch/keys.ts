/** Prefixes of query keys, as the generated client makes them: whatever was asked of an endpoint, with any parameters. */
const of = (_id: string) => [{ _id }] as const;

export const KEYS = {
  alerts: of('watchAlertsListAlerts'),
  alert: of('watchAlertsReadAlert'),
  sources: of('watchSourcesListSources'),
  source: of('watchSourcesReadSource'),
  history: of('watchSourcesListHistory'),
  versions: of('watchSourcesListVersions'),
  series: of('watchSeriesReadSeries'),
  sourceSeries: of('watchSeriesReadSourceSeries'),
  sparklines: of('watchSeriesReadSparklines'),
  queries: of('watchQueriesListQueries'),
  query: of('watchQueriesReadQuery'),
} as const;
