import type { ComponentChildren } from "preact";

/** Content that may be wider or higher than its place. It takes the focus, so that keys scroll it. */
export function Scroller(props: { label: string; class?: string; children: ComponentChildren }) {
  const { label, class: more = "", children } = props;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class={`scroll ${more}`} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
