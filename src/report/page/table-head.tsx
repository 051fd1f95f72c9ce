/** The headings of the columns of a table. `n` marks those of numbers. */
export function TableHead({
  columns,
}: {
  readonly columns: readonly (readonly [string, string?])[];
}) {
  return (
    <thead>
      <tr>
        {columns.map(([name, style]) => (
          <th scope="col" class={style}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}
