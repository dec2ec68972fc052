import { useMediaQuery } from '@mantine/hooks'
import type { ReactNode } from 'react'
import classes from './data-table.module.css'

/** One column of a short table. Numbers go to the right. */
export interface Column<Row> {
  readonly id: string
  readonly header: ReactNode
  readonly align?: 'right'
  readonly cell: (row: Row) => ReactNode
}

interface DataTableProps<Row> {
  /** What the table lists, for screen readers. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  /** A row as a card, for phones. */
  readonly card: (row: Row) => ReactNode
}

/** True on a phone, where tables become cards. */
export function useIsPhone(): boolean {
  return useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })
}

/** A table for lists that are short by nature; on a phone a list of cards, so that nothing scrolls sideways. */
export function DataTable<Row>({ label, columns, rows, rowKey, card }: DataTableProps<Row>) {
  const isPhone = useIsPhone()
  if (isPhone) {
    return (
      <ul className={classes.cards} aria-label={label}>
        {rows.map((row) => (
          <li key={rowKey(row)} className={classes.card}>
            {card(row)}
          </li>
        ))}
      </ul>
    )
  }
  return (
    // A wide table scrolls within its frame, by keyboard too.
    <section className={classes.scroll} aria-label={label} tabIndex={-1}>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={column.align === 'right' ? classes.right : undefined}
              >
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.id} className={column.align === 'right' ? classes.right : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
