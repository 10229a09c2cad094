/** What Notebook Kit puts within the reach of every cell; the parts that lessons use, with their types. */

/** A control of @observablehq/inputs: an element with a value, which it announces by `input` events. */
interface Control<T> extends HTMLElement {
  value: T;
}

/** A control for one of several values. */
type Choosing = <T>(
  choices: readonly T[],
  options: {
    readonly label: string;
    readonly value?: T;
    readonly format?: (choice: T) => string;
  },
) => Control<T>;

declare const Inputs: {
  range(
    extent: readonly [number, number],
    options: { readonly label: string; readonly value: number; readonly step: number },
  ): Control<number>;
  toggle(options: { readonly label: string; readonly value?: boolean }): Control<boolean>;
  select: Choosing;
  radio: Choosing;
};

/** Shows a control and gives its value; cells that use the value run again when it changes. */
declare function view<T>(control: Control<T>): T;
/** Shows a value below the cell. */
declare function display(value: Node | string): void;
