import type { ComponentChildren } from "preact";
import { Scroller } from "./scroller.tsx";

export interface TableProps {
  id?: string;
  class?: string;
  label: string;
  columns: readonly string[];
  /** From this column on there are numbers. Default none. */
  numbersFrom?: number;
  /** The rows. */
  children: ComponentChildren;
}

/** A table under the names of its columns, which scrolls where it is wider than its place. */
export function Table(props: TableProps) {
  const { id, label, columns, numbersFrom = columns.length, children } = props;
  return (
    <Scroller label={label}>
      <table id={id} class={props.class}>
        <thead>
          <tr>
            {columns.map((name, i) => (
              <th key={name} scope="col" class={i >= numbersFrom ? "number" : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </Scroller>
  );
}
