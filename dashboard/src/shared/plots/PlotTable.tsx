import { ScrollArea, Table } from '@mantine/core';
import { describeSpan, type PlotPoint, type PlotSeries } from './series';

interface PlotTableProps {
  points: readonly PlotPoint[];
  series: readonly PlotSeries[];
  format: (value: number) => string;
  height: number;
}

/** The numbers of a chart, newest first, without the spans in which nothing was. */
export function PlotTable({ points, series, format, height }: PlotTableProps) {
  const rows = points.filter(({ values }) => series.some(({ key }) => (values[key] ?? 0) > 0)).reverse();
  return (
    <ScrollArea h={height} viewportProps={{ tabIndex: 0 }}>
      <Table stickyHeader fz="sm" verticalSpacing={5}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            {series.map(({ key, label }) => (
              <Table.Th key={key} ta="right">
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((point) => (
            <Table.Tr key={point.start}>
              <Table.Td>{describeSpan(point)}</Table.Td>
              {series.map(({ key }) => {
                const value = point.values[key] ?? null;
                return (
                  <Table.Td key={key} ta="right">
                    {value === null ? '–' : format(value)}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
